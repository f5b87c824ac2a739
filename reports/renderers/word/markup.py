"""Blocks as WordprocessingML (ECMA-376). Lengths are in twentieths of a point unless a name says otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import count
from typing import Any

from reports.renderers.document import Table
from reports.renderers.drawings import HEIGHT, WIDTH
from reports.renderers.prose import FORBIDDEN
from reports.renderers.word.blocks import Block, Contents, Grid, Heading, PageBreak, Paragraph, Picture, Run
from wesp_portal.common.status import status_of

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TEXT_WIDTH = 9638
# A column is at least as wide as its longest word, in whatever typeface stands in for ours, and no wider than a fifth
# of the page for a long line.
NARROWEST, WIDEST, PER_SIGN, PADDING = 900, 2000, 130, 220
# Signs; a longer word is broken.
LONGEST_WORD = 16
# A table of no more rows than this stays on one page, with the first line of its note.
KEPT_TOGETHER = 8
CHART_WIDTH_IN_EMU = 8 * 360_000


class _Writer:
    """The marks that a document counts as it goes: bookmarks, pictures, and addresses on the web."""

    def __init__(self) -> None:
        self.numbers = count(1)
        self.pictures = count(1)
        self.addresses: dict[str, str] = {}

    def address(self, url: str) -> str:
        """The name under which the document's relationships have an address."""
        return self.addresses.setdefault(url, f"link{len(self.addresses) + 1}")

    def write(self, block: Block) -> str:
        match block:
            case Heading():
                return self._paragraph(f"Heading{block.level}", block.runs, block.anchor)
            case Paragraph():
                return self._paragraph(block.style, block.runs, block.anchor)
            case Contents():
                return self._contents(block)
            case Grid():
                return self._grid(block.table)
            case Picture():
                return self._picture(block)
            case PageBreak():
                return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'

    def _paragraph(self, style: str, runs: Sequence[Run], anchor: str = "") -> str:
        look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
        words = "".join(map(self._run, runs))
        if anchor:
            mark = f'w:id="{next(self.numbers)}"'
            words = f'<w:bookmarkStart {mark} w:name="{_bookmark(anchor)}"/>{words}<w:bookmarkEnd {mark}/>'
        return f"<w:p>{look}{words}</w:p>"

    def _run(self, run: Run) -> str:
        if run.status:
            return _status(run.status.code)
        if not run.to:
            return _text(run.text, run.style)
        words = _text(run.text, "Hyperlink")
        if run.to.startswith("#"):
            return f'<w:hyperlink w:anchor="{_bookmark(run.to[1:])}" w:history="1">{words}</w:hyperlink>'
        return f'<w:hyperlink r:id="{self.address(run.to)}" w:history="1">{words}</w:hyperlink>'

    def _contents(self, contents: Contents) -> str:
        """A field that holds its entries already, and that Word fills again when somebody asks it to."""
        lines = [
            f'<w:hyperlink w:anchor="{_bookmark(anchor)}" w:history="1">{_text(words)}</w:hyperlink></w:p>'
            for words, anchor in contents.entries
        ]
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        look = '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>'
        filled = look + begin + look.join(lines)
        return filled + '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'

    def _grid(self, table: Table) -> str:
        widths = _widths(table)
        numeric = [bool(column.get("is_numeric")) for column in table.columns]
        head = "".join(
            _cell(_text(str(column["text"]), "Strong"), width, is_numeric=right, is_kept=True)
            for column, width, right in zip(table.columns, widths, numeric, strict=True)
        )
        rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"]
        last = len(table.rows)
        for place, row in enumerate(table.rows, start=1):
            is_kept = last <= KEPT_TOGETHER and (place < last or table.note != "")
            cells = "".join(
                _cell(_cell_words(value, is_heading=at == 0 and len(row) > 2), width, is_numeric=right, is_kept=is_kept)
                for at, (value, width, right) in enumerate(zip(row, widths, numeric, strict=True))
            )
            rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>")
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        caption = self._paragraph("Caption", (Run(table.caption),))
        # A paragraph after each table keeps two of them apart.
        note = self._paragraph("Source", (Run(table.note),))
        return (
            f'{caption}<w:tbl><w:tblPr><w:tblStyle w:val="QuietTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
            f' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="{_escaped(table.caption)}"/>'
            "</w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{note}"
        )

    def _picture(self, picture: Picture) -> str:
        number = next(self.pictures)
        across, down = CHART_WIDTH_IN_EMU, round(CHART_WIDTH_IN_EMU * HEIGHT / WIDTH)
        size = f'cx="{across}" cy="{down}"'
        named = f'id="{number}" name="Chart {number}" descr="{_escaped(picture.words)}"'
        fill = f'<pic:blipFill><a:blip r:embed="chart{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        shape = (
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        )
        chart = f"<pic:pic><pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>{fill}{shape}</pic:pic>"
        return (
            '<w:p><w:pPr><w:pStyle w:val="Chart"/></w:pPr><w:r><w:drawing>'
            f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/><wp:docPr {named}/>'
            f'<a:graphic><a:graphicData uri="{DRAWING}/picture">{chart}</a:graphicData></a:graphic></wp:inline>'
            "</w:drawing></w:r></w:p>"
        )


def document_xml(blocks: Sequence[Block]) -> tuple[bytes, Mapping[str, str]]:
    """The body of a document, and the addresses it links to with their names in its relationships."""
    writer = _Writer()
    body = "".join(map(writer.write, blocks))
    made = (
        f'{HEAD}<w:document xmlns:w="{MAIN}" xmlns:r="{RELATIONSHIPS}" xmlns:wp="{DRAWING}/wordprocessingDrawing"'
        f' xmlns:a="{DRAWING}/main" xmlns:pic="{DRAWING}/picture"><w:body>{body}<w:sectPr>'
        '<w:headerReference w:type="default" r:id="header"/><w:footerReference w:type="default" r:id="footer"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134"'
        ' w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )
    return made.encode(), writer.addresses


def margin_xml(kind: str, words: str) -> bytes:
    """A header (hdr) or a footer (ftr): some words and, in the footer, the page."""
    page = ""
    if kind == "ftr":
        number, pages = _field("PAGE"), _field("NUMPAGES")
        page = f"<w:r><w:tab/></w:r>{_text('Page ')}{number}{_text(' of ')}{pages}"
    look = f'<w:pPr><w:pStyle w:val="{"Footer" if kind == "ftr" else "Header"}"/></w:pPr>'
    return f'{HEAD}<w:{kind} xmlns:w="{MAIN}"><w:p>{look}{_text(words)}{page}</w:p></w:{kind}>'.encode()


def relationships(pictures: int, addresses: Mapping[str, str]) -> bytes:
    """What the document refers to: its parts, its charts, and addresses on the web."""
    parts = ["styles", "numbering", "settings", "fontTable", "header", "footer"]
    lines = [f'<Relationship Id="{part}" Type="{RELATIONSHIPS}/{part}" Target="{part}.xml"/>' for part in parts]
    lines += [
        f'<Relationship Id="chart{number}" Type="{RELATIONSHIPS}/image" Target="media/chart{number}.png"/>'
        for number in range(1, pictures + 1)
    ]
    lines += [
        f'<Relationship Id="{name}" Type="{RELATIONSHIPS}/hyperlink" Target="{_escaped(url)}" TargetMode="External"/>'
        for url, name in addresses.items()
    ]
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{package}">{"".join(lines)}</Relationships>'.encode()


def core_properties(title: str, author: str, made_on: str) -> bytes:
    """Title, author and language; `made_on` is the day of which the report speaks."""
    moment = f'<dcterms:{{0}} xsi:type="dcterms:W3CDTF">{made_on}T00:00:00Z</dcterms:{{0}}>'
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_escaped(title)}</dc:title><dc:creator>{_escaped(author)}</dc:creator><dc:language>en-GB</dc:language>"
        f"{moment.format('created')}{moment.format('modified')}</cp:coreProperties>"
    ).encode()


def _escaped(text: str) -> str:
    return escape(FORBIDDEN.sub("", text))


def _text(text: str, style: str = "") -> str:
    look = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{_escaped(text)}</w:t></w:r>'


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _bookmark(anchor: str) -> str:
    """An anchor as Word allows it: no hyphen, and at most 40 characters."""
    return anchor.replace("-", "_")[:40]


def _status(code: str) -> str:
    """Shape, word and colour together."""
    status = status_of(code)
    look = (
        f'<w:b/><w:color w:val="{status.ink[1:]}"/><w:sz w:val="18"/>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{status.paper[1:]}"/>'
    )
    words = f"\N{NO-BREAK SPACE}{status.symbol}\N{NO-BREAK SPACE}{status.word.replace(' ', chr(160))}\N{NO-BREAK SPACE}"
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def _cell_words(value: Any, *, is_heading: bool) -> str:
    if isinstance(value, str):
        return _text(value, "Strong" if is_heading else "")
    return (_status(value["status"]) if value["status"] else "") + (_text(value["text"]) if value["text"] else "")


def _cell(words: str, width: int, *, is_numeric: bool, is_kept: bool) -> str:
    """A cell; one that is kept is not parted from the row below."""
    kept, aligned = "<w:keepNext/>" if is_kept else "", '<w:jc w:val="right"/>' if is_numeric else ""
    look = f'<w:pPr><w:pStyle w:val="TableText"/>{kept}{aligned}</w:pPr>'
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p>{look}{words}</w:p></w:tc>'


def _widths(table: Table) -> list[int]:
    """The width of each column: of those with a share, its share of what the others leave."""
    shares = [int(column.get("share", 0)) for column in table.columns]
    needs = list(_needs(table))
    taken = sum(need for need, share in zip(needs, shares, strict=True) if not share)
    if not any(shares) or TEXT_WIDTH - taken < NARROWEST * sum(map(bool, shares)):
        scale = min(1.0, TEXT_WIDTH / sum(needs))
        return [int(need * scale) for need in needs]
    left = TEXT_WIDTH - taken
    return [int(left * share / sum(shares)) if share else need for need, share in zip(needs, shares, strict=True)]


def _needs(table: Table) -> Iterator[int]:
    """How wide each column would be for its longest line, within bounds."""
    for at, column in enumerate(table.columns):
        texts = [str(column["text"]), *(_shown(row[at]) for row in table.rows)]
        line = max(map(len, texts)) * PER_SIGN + PADDING
        word = min(max(len(word) for text in texts for word in (text.split(" ") or [""])), LONGEST_WORD)
        yield max(NARROWEST, word * PER_SIGN + PADDING, min(WIDEST, line))


def _shown(value: Any) -> str:
    """A cell as wide as it looks; a status is not broken, and has its shape and its margins."""
    if isinstance(value, str):
        return value
    words: str = value["text"]
    return words + (f"({status_of(value['status']).word.replace(' ', '_')})____" if value["status"] else "")
