"""Items as a QTI 3 package and back: single and multiple choice, true or false, short numeric (pure).

A package is read as one from a stranger: a bounded number of bounded parts, no DTD, no entity, and whatever is not of
these four kinds is refused by its name rather than read by halves.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from skills.kernel.errors import Refusal
from skills.kernel.findings import Finding
from skills.papers.rules.items import FALSE, LETTERS, TRUE, Kind, Question, Thinking, normal, placed

MOST_BYTES, MOST_PARTS, MOST_UNPACKED, MOST_XML, MOST_ITEMS = 4 * 2**20, 1_200, 16 * 2**20, 256 * 2**10, 500
MOST_MANIFEST = 2**20  # some 700 bytes an item
MOST_FAULTS = 100
MANIFEST, ITEM_TYPE = "imsmanifest.xml", "imsqti_item_xmlv3p0"
QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
MATCH = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"
POINT, THINKING = "discipline", "educational objective"  # purposes of a LOM classification: the two axes of a blueprint
TYPE_ZIP = "application/zip"

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TEXT = ("p", "div", "span", "br")
_KNOWN = frozenset({
    "qti-assessment-item", "qti-response-declaration", "qti-correct-response", "qti-value", "qti-outcome-declaration", "qti-default-value",
    "qti-item-body", "qti-choice-interaction", "qti-prompt", "qti-simple-choice", "qti-text-entry-interaction", "qti-response-processing",
    "qti-response-condition", "qti-response-if", "qti-equal", "qti-variable", "qti-correct", "qti-set-outcome-value", "qti-base-value", *_TEXT,
})  # fmt: skip
_EQUAL = [
    "qti-response-processing", "qti-response-condition", "qti-response-if", "qti-equal", "qti-variable", "qti-correct",
    "qti-set-outcome-value", "qti-base-value",
]  # fmt: skip
_DEEPEST = 20
_LAYOUT = re.compile(r"[ \t]*[\r\n]\s*|\t")  # white space that only makes the file readable

_Answered = tuple[Kind, tuple[str, ...], str, str]  # kind, options, answer, tolerance


@dataclass(frozen=True)
class Entry:
    """A question out of a package, and the file that it was."""

    file: str
    question: Question


class _Wrong(Exception):
    """What stands against one file."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.finding = Finding(f"paper_qti.{code}", False, facts={"what": what[:80]})


# Out --------------------------------------------------------------------------------------------------------------


def write(identifier: str, items: Sequence[tuple[str, Question]]) -> bytes:
    """A package of items, each (code, question): the same items give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [(MANIFEST, _manifest(identifier, items)), *((f"items/{code}.xml", _item(code, q)) for code, q in items)]:
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, text.encode())
    return out.getvalue()


def _manifest(identifier: str, items: Iterable[tuple[str, Question]]) -> str:
    resources = "".join(
        f'<resource identifier="{code}" type="{ITEM_TYPE}" href="items/{code}.xml"><metadata><lom:lom>'
        f"{_class(POINT, q.point)}{_class(THINKING, q.thinking)}</lom:lom></metadata><file href=\"items/{code}.xml\"/></resource>"
        for code, q in items
    )
    return (
        f'{_HEAD}<manifest xmlns="{PACKAGE}" xmlns:lom="{LOM}" identifier="{escape(identifier)}"><metadata><schema>QTI Package</schema>'
        f"<schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>{resources}</resources></manifest>"
    )


def _class(purpose: str, entry: str) -> str:
    return (
        f"<lom:classification><lom:purpose><lom:source>LOMv1.0</lom:source><lom:value>{purpose}</lom:value></lom:purpose><lom:taxonPath>"
        f"<lom:taxon><lom:entry><lom:string>{escape(entry)}</lom:string></lom:entry></lom:taxon></lom:taxonPath></lom:classification>"
    )


def _item(code: str, question: Question) -> str:
    kind, stem = question.kind, "<br/>".join(escape(line) for line in question.stem.split("\n"))
    values = list(question.answer) if kind in (Kind.SINGLE, Kind.MULTIPLE) else [question.answer]
    cardinality, base = ("multiple" if kind is Kind.MULTIPLE else "single"), ("float" if kind is Kind.NUMERIC else "identifier")
    if kind is Kind.NUMERIC:
        body = f'<p>{stem}<qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
        scoring = (
            '<qti-response-processing><qti-response-condition><qti-response-if><qti-equal tolerance-mode="absolute" '
            f'tolerance="{question.tolerance} {question.tolerance}"><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/>'
            '</qti-equal><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value>'
            "</qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>"
        )
    else:
        options = zip(LETTERS, question.options, strict=False) if kind is not Kind.TRUE_FALSE else ((TRUE, "对"), (FALSE, "错"))
        choices = "".join(f'<qti-simple-choice identifier="{name}">{escape(text)}</qti-simple-choice>' for name, text in options)
        most = 0 if kind is Kind.MULTIPLE else 1
        body = (
            f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="{most}"><qti-prompt>{stem}</qti-prompt>{choices}'
            "</qti-choice-interaction>"
        )
        scoring = f'<qti-response-processing template="{MATCH}"/>'
    correct = "".join(f"<qti-value>{value}</qti-value>" for value in values)
    return (
        f'{_HEAD}<qti-assessment-item xmlns="{QTI}" identifier="{code}" title="{code}" adaptive="false" time-dependent="false" '
        f'xml:lang="zh-CN"><qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base}">'
        f"<qti-correct-response>{correct}</qti-correct-response></qti-response-declaration>"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        f"<qti-item-body>{body}</qti-item-body>{scoring}</qti-assessment-item>"
    )


# In ---------------------------------------------------------------------------------------------------------------


def read(data: bytes, point: str = "", thinking: Thinking = Thinking.RECALL) -> tuple[Entry, ...]:
    """The questions of a package, in the order of its manifest; point and thinking of those that do not say.

    Raises Refusal("paper_qti.not_a_package" | "paper_qti.too_big"), or Refusal("paper_qti.refused") with each file that
    cannot come in by its name.
    """
    if len(data) > MOST_BYTES:
        raise _too_big()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _directory(archive, len(data))
            if MANIFEST not in parts:
                raise Refusal("paper_qti.not_a_package")
            return _entries(archive, parts, point, thinking)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OverflowError, RuntimeError, ValueError) as error:
        raise Refusal("paper_qti.not_a_package") from error


def _directory(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    listed = archive.infolist()
    parts = {part.filename: part for part in listed}
    long = any(p.file_size > (MOST_MANIFEST if p.filename == MANIFEST else MOST_XML) for p in listed)
    if long or len(listed) > MOST_PARTS or sum(p.file_size for p in listed) > MOST_UNPACKED:
        raise _too_big()
    packed = all(p.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for p in listed)  # others unpack without a bound
    if not packed or len(parts) != len(listed) or sum(p.compress_size for p in listed) > size:
        raise Refusal("paper_qti.not_a_package")  # one name twice, or parts that lie over each other
    return parts


def _entries(
    archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], point: str, thinking: Thinking
) -> tuple[Entry, ...]:
    found: list[Entry] = []
    bad: list[Finding] = []
    resources: list[Any] = []
    try:
        resources = [e for e in _parsed(archive, parts, MANIFEST).iter() if _name(e) == "resource"]
    except _Wrong as wrong:
        bad.append(placed(wrong.finding, MANIFEST))
    else:
        if not 0 < len(resources) <= MOST_ITEMS:
            bad.append(placed(Finding("paper_qti.no_items", False, facts={"most": MOST_ITEMS}), MANIFEST))
    for resource in resources[:MOST_ITEMS]:
        file = resource.get("href", "")
        try:
            if resource.get("type") != ITEM_TYPE:
                raise _Wrong("resource", resource.get("type", ""))
            said = _classes(resource)
            held = said.get(THINKING, thinking)
            level = Thinking(held) if held in list(Thinking) else thinking
            found.append(Entry(file, _question(_parsed(archive, parts, file), said.get(POINT, point), level)))
        except _Wrong as wrong:
            bad.append(placed(wrong.finding, file[:80] or "?"))
    if bad:
        raise Refusal("paper_qti.refused", bad[:MOST_FAULTS], count=len(bad))
    return tuple(found)


def _parsed(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], name: str) -> Any:
    """One file of the package as XML, never more of it than its directory tells."""
    if name not in parts:
        raise _Wrong("missing")
    told = parts[name].file_size
    with archive.open(parts[name]) as part:
        data = part.read(told + 1)  # the directory may lie: a read without a bound unpacks all of it before it looks
    if len(data) != told:
        raise _Wrong("xml")
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _Wrong("xml") from error


def _classes(resource: Any) -> dict[str, str]:
    """purpose → entry of the classifications of a resource."""
    found = {}
    for one in resource.iter(f"{{{LOM}}}classification"):
        value, entry = one.find(f"{{{LOM}}}purpose/{{{LOM}}}value"), one.find(f".//{{{LOM}}}string")
        if value is not None and entry is not None:
            found[(value.text or "").strip()] = (entry.text or "").strip()
    return found


def _question(root: Any, point: str, thinking: Thinking) -> Question:
    """The question that an item asks. Raises _Wrong."""
    if root.tag != f"{{{QTI}}}qti-assessment-item":
        raise _Wrong("not_qti3", _name(root))
    for element in root.iter():
        if _name(element) not in _KNOWN:
            raise _Wrong("element", _name(element))
    declared = [e for e in root.iter() if _name(e) == "qti-response-declaration"]
    asked = [e for e in root.iter() if _name(e) in ("qti-choice-interaction", "qti-text-entry-interaction")]
    body = next((e for e in root if _name(e) == "qti-item-body"), None)
    if len(declared) != 1 or len(asked) != 1 or body is None or asked[0].get("response-identifier") != declared[0].get("identifier"):
        raise _Wrong("shape")
    if [_name(e) for e in declared[0]] != ["qti-correct-response"]:
        raise _Wrong("shape")  # a default is no key
    values = [(e.text or "").strip() for e in declared[0][0] if _name(e) == "qti-value"]
    read_as = _numeric if _name(asked[0]) == "qti-text-entry-interaction" else _choice
    kind, options, answer, tolerance = read_as(root, asked[0], declared[0].get("cardinality", ""), declared[0].get("base-type", ""), values)
    return normal(Question(kind, _text(body), options, answer, tolerance, point, thinking))


def _numeric(root: Any, _asked: Any, cardinality: str, base: str, values: Sequence[str]) -> _Answered:
    if len(values) != 1 or cardinality != "single" or base not in ("float", "integer"):
        raise _Wrong("shape")
    return Kind.NUMERIC, (), values[0], _tolerance(root)


def _choice(root: Any, asked: Any, cardinality: str, base: str, values: Sequence[str]) -> _Answered:
    names = [e.get("identifier", "") for e in asked if _name(e) == "qti-simple-choice"]
    options = tuple(_text(e) for e in asked if _name(e) == "qti-simple-choice")
    one_of = {"single": Kind.SINGLE, "multiple": Kind.MULTIPLE}
    if base != "identifier" or cardinality not in one_of or len(set(names)) != len(names) or len(names) > len(LETTERS):
        raise _Wrong("shape")
    if not values or not set(values) <= set(names):
        raise _Wrong("shape")
    if not _processing(root)[0].get("template", "").endswith("/match_correct.xml"):
        raise _Wrong("processing")
    if cardinality == "single" and names == [TRUE, FALSE] and [text.lower() for text in options] in (["对", "错"], ["true", "false"]):
        return Kind.TRUE_FALSE, (), values[0], ""
    return one_of[cardinality], options, "".join(LETTERS[names.index(value)] for value in values), ""


def _processing(root: Any) -> list[Any]:
    """The one response processing with what is in it."""
    found = [e for e in root if _name(e) == "qti-response-processing"]
    if len(found) != 1:
        raise _Wrong("processing")
    return list(found[0].iter())


def _tolerance(root: Any) -> str:
    """How far from the number still counts: the one comparison that scores it."""
    steps = _processing(root)
    if [_name(e) for e in steps] != _EQUAL:
        raise _Wrong("processing")
    equal = steps[3]
    if equal.get("tolerance-mode") == "exact":
        return "0"
    either = equal.get("tolerance", "").split()
    if equal.get("tolerance-mode") != "absolute" or not either or len(set(either)) != 1:
        raise _Wrong("processing")
    return str(either[0])


def _text(element: Any, depth: int = 0) -> str:
    """The text of an element: paragraphs and breaks are lines, the place of an answer within a sentence is a gap; options are none of it."""
    if depth > _DEEPEST:
        raise _Wrong("element", _name(element))
    said = _line(element.text)
    for child in element:
        name = _name(child)
        if name == "br":
            said += "\n"
        elif name == "qti-text-entry-interaction":
            said += "____" if _line(child.tail).strip() else ""
        elif name != "qti-simple-choice":
            inner = _text(child, depth + 1)
            block = name in ("p", "div", "qti-prompt", "qti-choice-interaction")
            said = f"{said.rstrip(' ')}\n{inner}" if block and said.strip() else f"{said}{inner}"
        tail = _line(child.tail)
        if name in ("p", "div") and tail.strip():
            said += "\n"
        said += tail if tail.strip() or name in ("br", "span") else ""
    return said.strip() if depth == 0 else said


def _line(text: str | None) -> str:
    return _LAYOUT.sub(" ", text or "")


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _too_big() -> Refusal:
    return Refusal("paper_qti.too_big", files=MOST_PARTS, most=MOST_UNPACKED // 2**20, one=MOST_XML // 2**10)
