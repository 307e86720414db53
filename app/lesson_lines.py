"""Lessons in single sentences: a text file with one item a line, the claims before it; read as small articles.

"T.PL.ruled_out B.sought[air] :: Poland sends no soldiers and wants American jets." "- :: Poland sends howitzers."
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import claims_command, evaluate
from monitor import errors

_TOPICS = {"T": "troops", "M": "membership", "B": "backstop"}
_STATUSES = {
    "membership": set("leads member attended considering declined left headcount".split()),
    "troops": set("pledged conditional open undecided ruled_out withdrew support_only headcount force_size".split()),
    "backstop": set("sought uncommitted refused discussed offered committed withdrawn".split()),
}
# A claim is TOPIC.SUBJECT.STATUS: T troops, M membership, B backstop (its subject is always the US and left out, its
# components stand in brackets), T.headcount.COUNTS=N and M.headcount.COUNTS=N; =N or =N-M a size; ? before it:
# optional; ~ behind it: past; - for none.
_TAG = re.compile(
    r"(?P<optional>\??)"
    r"(?:B\.(?P<us>\w+)(?:\[(?P<parts>[\w,]+)\])?"
    r"|(?P<counted>[MT])\.headcount\.(?P<counts>\w+)=(?P<count>\d+)"
    r"|(?P<topic>[MT])\.(?P<subject>[A-Z]{2}|EU|NATO|COALITION)\.(?P<status>[a-z_]+)"
    r"(?:=(?P<size>\d+)(?:-(?P<most>\d+))?)?)"
    r"(?P<past>~?)"
)
# what stands before the item, so that it is read as part of an article on the subject; no lead makes a claim
_LEADS = (
    ("Allies weigh force for Ukraine",
     "The coalition of the willing is planning a multinational force that would go to Ukraine after a ceasefire."),
    ("Coalition of the willing meets on Ukraine force",
     "Ukraine's partners held another round of talks on Tuesday about the force that is to go there one day."),
    ("Europe and the peace in Ukraine",
     "A peacekeeping force for Ukraine has been under discussion in European capitals since the spring."),
    ("Security guarantees for Ukraine: where things stand",
     "Security guarantees for Ukraine were again the subject of the day in European capitals."),
    ("Planning goes on for Ukraine mission",
     "Military planners have spent months on the multinational force for Ukraine."),
    ("Kyiv and its partners",
     "Ukraine and the coalition of the willing want the guarantees to be ready on the day that a ceasefire begins."),
    ("Summit on Ukraine",
     "Leaders of the coalition of the willing met to speak about guarantees for Ukraine and about the force."),
    ("Troops for Ukraine", "The question of foreign troops in Ukraine after a ceasefire has been debated for months."),
)  # fmt: skip


def load(path: Path) -> list[evaluate.Annotated]:
    """The items of a file; raises errors.InputError naming the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise errors.InputError(str(path), f"can't be read ({error})") from error
    return list(_items(path, lines))


def _items(path: Path, lines: list[str]) -> Iterator[evaluate.Annotated]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        tags, apart, text = line.strip().partition(" :: ")
        if not apart or not text.strip():
            raise errors.InputError(f"{path}, line {number}", "is no item: TAGS :: text")
        # the same lead for the same words, whatever stands around them
        chosen = int(hashlib.sha256(text.encode()).hexdigest(), 16)
        title, lead = _LEADS[chosen % len(_LEADS)]
        claims = tuple(_claim(tag, text, f"{path}, line {number}") for tag in tags.split() if tag != "-")
        data = {
            "id": f"{path.stem}-{number}", "url": None, "outlet": "Example", "published": f"2026-03-0{1 + chosen % 7}",
            "title": title, "text": f"{lead}\n\n{text}",
        }  # fmt: skip
        article = claims_command.parse_article(data, path.parent)
        yield evaluate.Annotated(article=article, relevant=True, claims=claims, is_whole=False)


def _claim(tag: str, text: str, where: str) -> dict[str, Any]:
    found = _TAG.fullmatch(tag)
    if found is None:
        raise errors.InputError(where, f"no claim is written {tag!r}; one is T.PL.pledged=800 or B.sought[air]")
    topic = _TOPICS["B" if found["us"] else found["counted"] or found["topic"]]
    status = found["us"] or ("headcount" if found["counted"] else found["status"])
    if status not in _STATUSES[topic]:
        raise errors.InputError(where, f"{topic} has no status {status!r}")
    size = found["count"] or found["size"]
    return {
        "topic": topic, "subject": "US" if found["us"] else found["subject"] or "COALITION", "status": status,
        "number": int(size) if size else None, "number_max": int(found["most"]) if found["most"] else None,
        "counts": found["counts"], "components": (found["parts"] or "general").split(",") if found["us"] else [],
        "when": "past" if found["past"] else "current", "speaker": None, "origin": None,
        "optional": bool(found["optional"]), "evidence": text,
    }  # fmt: skip
