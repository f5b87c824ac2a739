"""A small strategy document with one of each kind of item, whole and right."""

from typing import Any

from priorities.services.strategy_document import FORMAT

Document = dict[str, Any]


def stated(ref: str, title: str) -> Document:
    return {"ref": ref, "title": title, "official_wording": "", "source": f"Plan, {ref}"}


def activity(ref: str) -> Document:
    return {**stated(ref, f"Activity {ref}"), "lead": "harbour-council", "starts_on": "2024-09-01", "due_on": None}


def outcome(ref: str) -> Document:
    return {**stated(ref, f"Outcome {ref}"), "voice": "Young people"}


def reading(area: str, period: str, value: float | None) -> Document:
    return {
        "area": area,
        "period": period,
        "value": value,
        "symbol": "" if value is not None else "x",
        "qualifier": "",
        "status": "final",
        "as_at": None,
        "source": "Register",
        "note": "",
        "break_note": "",
    }


def metric(slug: str, **changes: Any) -> Document:
    return {
        "slug": slug,
        "title": slug.capitalize(),
        "definition": "",
        "kind": "local",
        "direction": "up",
        "unit": "percent",
        "decimals": 1,
        "frequency": "annual",
        "source_owner": "",
        "source_publication": "",
        "source_indicator": "",
        "source_url": "",
        "note": "",
        "is_about_children": False,
        "disclosure_threshold": None,
        "parts": [],
        "groups": [],
        "is_context": False,
        "readings": [],
        "group_readings": [],
        "targets": [],
        **changes,
    }


def target(**changes: Any) -> Document:
    return {
        "area": "E08000099",
        "basis": "absolute",
        "value": 90,
        "comparator": None,
        "baseline_period": "",
        "due_period": "2030",
        "tolerance": 2.5,
        "set_on": None,
        "wording": "Nine in ten by 2030",
        "source": "Plan, 1.1",
        **changes,
    }


def harbour(slug: str = "harbour-plan") -> Document:
    """The plan of an invented harbour town."""
    return {
        "format": FORMAT,
        "strategy": {
            "slug": slug,
            "title": "Harbour plan",
            "summary": "Better first jobs.",
            "vision": "",
            "official_wording": "",
            "source": "Plan",
            "url": "https://harbour.example/plan",
            "starts_on": "2024-09-01",
            "ends_on": "2034-08-31",
            "theme_word": "Strand",
            "priority_word": "Priority",
            "partnership": "harbour",
        },
        "partnership": {
            "slug": "harbour",
            "name": "Harbour Skills Partnership",
            "short_name": "Harbour",
            "summary": "",
            "purpose": "",
            "area": "E08000099",
            "url": "",
            "calendar": {"slug": "harbour", "name": "Harbour school calendar"},
        },
        "areas": [
            {"code": "E08000099", "name": "Harbour", "level": "unitary", "parent": "E92000001"},
            {"code": "E92000001", "name": "England", "level": "country", "parent": None},
        ],
        "organisations": [
            {
                "slug": "harbour-council",
                "name": "Harbour Council",
                "short_name": "",
                "kind": "local_authority",
                "url": "",
            }
        ],
        "partnership_objectives": [{**stated("O1", "Work together"), "kind": "objective"}],
        "principles": [{**stated("P1", "Listen first"), "group": "Promises"}],
        "linked_strategies": [
            {
                **stated("careers-plan", "Careers plan"),
                "relation": "supports",
                "period": "",
                "note": "",
                "themes": ["T"],
            }
        ],
        "themes": [{**stated("T", "First jobs"), "vision": ""}],
        "priorities": [
            {
                **stated("1", "Work placements"),
                "summary": "",
                "theme": "T",
                "status": "active",
                "handed_over_to": "",
                "linked_strategy": "careers-plan",
                "exit_strategy": "",
                "outcomes": [outcome("1.D1")],
                "activities": [activity("1(a)")],
                "objectives": [
                    {
                        **stated("1.1", "More placements"),
                        "activities": [activity("1.1(a)"), activity("1.1(b)")],
                        "outcomes": [outcome("1.1.D1")],
                        "measures": [{**stated("1.1.M1", "Placements offered"), "metric": "placements", "note": ""}],
                    }
                ],
            }
        ],
        "groups": [
            {"slug": "boys", "title": "Boys", "whole": "sex"},
            {"slug": "girls", "title": "Girls", "whole": "sex"},
            {"slug": "send", "title": "Pupils with SEND", "whole": ""},
        ],
        "metrics": [
            metric("offers", groups=["boys", "girls"]),
            metric(
                "placements",
                parts=["offers"],
                groups=["send"],
                readings=[reading("E08000099", "2023", 71.5), reading("E92000001", "2023", None)],
                group_readings=[
                    {"group": "send", "area": "E08000099", "period": "2023", "value": 60.5, "symbol": ""},
                    {"group": "send", "area": "E92000001", "period": "2023", "value": None, "symbol": "x"},
                ],
                targets=[target()],
            ),
            metric("population", unit="count", direction="none", is_context=True),
        ],
        "achievements": [
            {
                "ref": "A1",
                "title": "Over 40 placements",
                "detail": "",
                "happened_on": "2024-10-10",
                "period": "",
                "quantity": 40,
                "quantity_qualifier": "over",
                "quantity_unit": "placements",
                "organisations": ["harbour-council"],
                "priorities": ["1"],
                "status": "published",
                "is_public": True,
                "source": "Plan, page 3",
            }
        ],
        "news": [{**stated("N1", "Careers hub opens"), "summary": "", "happened_on": None, "period": "2024-09"}],
        "context_metrics": [],
        "alignments": [
            {
                "from": {"objective": "1.1"},
                "to": {"strategy": "wider-plan", "priority": "1"},
                "note": "",
                "source": "Plan, page 2",
            }
        ],
    }


def wider() -> Document:
    """The plan that the harbour's leads to."""
    document = harbour("wider-plan") | {"alignments": [], "groups": [], "metrics": []}
    document["strategy"]["title"] = "Wider plan"
    document["priorities"][0]["objectives"] = []
    return document
