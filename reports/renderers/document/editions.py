"""The words in which the edition for the board and the one for everyone differ."""

from dataclasses import dataclass

from reports.snapshots.schema import Snapshot


@dataclass(frozen=True, slots=True)
class Words:
    """What an edition says of itself, and where there is nothing to say."""

    purpose: str
    draft: str
    nothing_achieved: str
    nothing_achieved_here: str
    nothing_measured: str
    nothing_measured_here: str
    nothing_returned: str


BOARD = Words(
    purpose=(
        "For the board to see what was done, what is planned and what needs it, and to ask and decide what follows."
    ),
    draft="This is a draft. It has not been published to the board.",
    nothing_achieved="No achievements were logged this term.",
    nothing_achieved_here="No achievements were logged under this priority this term.",
    nothing_measured="No measure has a figure yet, for this area or the one it lies in.",
    nothing_measured_here="No measure of this priority has a figure.",
    nothing_returned="No organisation has started a return for this term.",
)
PUBLIC = Words(
    purpose="For everyone to see what the partnership aims at, what was achieved this term and what is measured.",
    draft="This is a preview. It is not open to the public.",
    nothing_achieved="No achievement of this term has been made public.",
    nothing_achieved_here="No achievement under this priority has been made public this term.",
    nothing_measured="No measure has a figure that is public.",
    nothing_measured_here="No measure of this priority has a figure that is public.",
    nothing_returned="",
)


def words_for(snapshot: Snapshot) -> Words:
    return PUBLIC if snapshot.layout.is_public else BOARD
