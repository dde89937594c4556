"""By which names of its own a document calls the buyer and the vendor, and what kind of document it is."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from analyzer.document import Document, Layer, Parties, Segment

__all__ = ["document_kind", "parties"]

_SCANNED = 400_000
"""Characters of a document in which names are looked for."""

_BRACKETED = re.compile(
    r"""\((?:(?:[^()“”"]{0,60}[ ])?["“](?:the[ ])?(?P<quoted>[A-Z][A-Za-z&-]{1,23})[,.]?["”](?:[ ]or[ ][^()]{1,60})?
    |(?P<plain>[A-Z][A-Z&-]{1,9}))\)""",
    re.VERBOSE,
)
_CALLED = re.compile(r"""["“](?:the )?([A-Z][A-Za-z&-]{1,23})[,.]?["”]""")
_CALLS = re.compile(r"(?:hereinafter|hereafter|herein|referred to as|known as)(?: (?:called|as|the|collectively))*\s*$")
_BUYER_NAME = re.compile(
    r"\b(?:department|dept|division|office|agency|state|county|city|town|village|commonwealth|province|district|authority"
    r"|board|commission|council|bureau|ministry|government|administration|university|college|institute|school|court|bank"
    r"|centre|center|corporation of the|undertaking|municipality|municipal|secretary|treasury|public|services?)\b",
    re.IGNORECASE,
)
_VENDOR_NAME = re.compile(
    r"\b(?:llc|l\.l\.c|inc|ltd|llp|contractor|consultant|vendor|bidder|offeror|proposer|proponent|respondent|supplier"
    r"|provider|firm|licensor|seller|successful|selected|awarded|awardee|tenderer)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"""([A-Z](?<![\w’'-].)[A-Za-z&]{1,19}),?[ ](?:(?:also|hereby|further|therefore|expressly)[ ])?(?:(
    reserves?[ ]the[ ](?:sole[ ])?right
    |(?:(?:may|shall|will),?[ ])?(?:at|in)[ ]its[ ](?:sole|absolute)
    |intends[ ]to[ ](?:award|enter|select|contract)
    |is[ ](?:seeking|soliciting|requesting[ ]proposals|issuing)
    |(?:is|will)[ ]not[ ](?:be[ ])?(?:liable|responsible|obligated|required)[ ](?:for|to)
    |seeks[ ](?:proposals|bids|an?|to)
    |invites
    |will[ ](?:evaluate|award|select|notify|issue|score|not[ ](?:accept|consider|reimburse|pay))
    |may[ ](?:reject|cancel|terminate|amend|award|waive|disqualify|withhold)
    |shall[ ](?:evaluate|award|pay|have[ ]the[ ](?:sole[ ])?right|not[ ]be[ ](?:liable|responsible|obligated))
    )|(?:
    agrees?[ ](?:to|that)
    |(?:represents[ ]and[ ])?warrants
    |acknowledges
    |shall[ ](?:indemnify|defend|invoice|be[ ]paid|furnish|hold[ ]harmless|promptly[ ]notify)
    |shall[ ](?:(?:obtain|procure)[ ]and[ ]maintain|not[ ](?:assign|subcontract))
    |must[ ](?:submit|furnish|certify)
    ))\b""",
    re.VERBOSE,
)
_ASKED = re.compile(
    r"(?:(?:submitted|acceptable) to|(?:approv|requir|request|designat|accept|authoriz|issu)ed by"
    r"|approval (?:of|from|by)|(?:satisfaction|discretion|behalf) of|hold harmless|notify) (?:the )?$"
)
_KNOWN = frozenset(
    """
    state agency county city town village district department government buyer owner customer client purchaser
    university authority board commission council office division college contractor contractors vendor vendors
    bidder bidders offeror offerors proposer proposers proponent proponents respondent respondents supplier
    suppliers consultant consultants provider licensor seller firm company subcontractor subcontractors tenderer
    quoter quoters
    """.split()
)
_ORDINARY = frozenset(
    """
    it they he she we you i this that these those which who such each any all no neither either both party parties
    the a an and or not if nothing agreement contract contracts section article exhibit appendix attachment rfp rfq
    rfi rfb itb ifb sow ffp idiq its system solution software services service product products application proposal
    proposals bid bids offer offers response responses committee team panel manager officer director administrator
    staff evaluation procurement project program work data website portal user users public general legal technical
    lead key secretary president congress law court courts insurer insurance surety bank subconsultant subrecipient
    employee employees personnel member members person individual applicant representative coordinator specialist
    recipient discloser evaluators evaluator supervisor governor mayor auditor engineer architect pdf html api sla
    kpi faq tbd nda naics cfr usc far dfars gaap iso nist fips hipaa phi pii osha ada eeo dbe irs usa us uk un ok na
    am pm est pst ceo cio cto
    """.split()
)


def _is_initials(token: str, name: str) -> bool:
    """Whether the letters of an acronym begin words of a name, in order."""
    initials = iter(word[0].upper() for word in re.findall(r"[A-Za-z]+", name))
    return all(letter in initials for letter in token if letter.isalpha())


def _definitions(text: str) -> Iterator[tuple[str, str, bool]]:
    """Each defined name, the words before its definition, and whether it stands bare in brackets."""
    for found in _BRACKETED.finditer(text):
        before = text[max(0, found.start() - 100) : found.start()]
        yield found["quoted"] or found["plain"], before, bool(found["plain"])
    for found in _CALLED.finditer(text):
        before = text[max(0, found.start() - 140) : found.start()]
        if calls := _CALLS.search(before):
            yield found[1], before[: calls.start()].rstrip(" ,("), False


def _defined(text: str) -> tuple[set[str], set[str]]:
    """Names that a definition gives to something with a buyer's name, and with a vendor's."""
    buyers, vendors = set(), set()
    for token, before, is_bare in _definitions(text):
        name = re.split(r"[.;:(]\s|\b(?:with|between|from)\b", before)[-1]
        if _VENDOR_NAME.search(name) or _VENDOR_NAME.search(token):
            vendors.add(token)
        elif _BUYER_NAME.search(name) and (not is_bare or _is_initials(token, before)):
            buyers.add(token)
    return buyers, vendors


def _acts(text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each capitalised word does what a buyer does, and what a vendor does."""
    buys: Counter[str] = Counter()
    sells: Counter[str] = Counter()
    for word, buyer in _SUBJECT.findall(text):
        (buys if buyer else sells)[word] += 1
    return buys, sells


def _asked(text: str, tokens: Iterable[str]) -> Counter[str]:
    """How often each name is the one that is submitted to, that approves, that must be satisfied."""
    asked: Counter[str] = Counter()
    names = "|".join(sorted(map(re.escape, tokens)))
    for found in re.finditer(rf"(?:{names})\b", text) if names else ():
        if _ASKED.search(text, max(0, found.start() - 24), found.start()):
            asked[found[0]] += 1
    return asked


def _names(tokens: Iterable[str]) -> frozenset[str]:
    lowered = {token.lower() for token in tokens if len(token) > 2}
    return frozenset(lowered - _KNOWN - _ORDINARY)


def parties(document: Document) -> Parties:
    """The names that this document uses for the buying agency and for the vendor.

    A name must be defined and then act its part, or act it often; a name that acts both parts is neither.
    """
    text = document.text[:_SCANNED]
    buyers, vendors = _defined(text)
    buys, sells = _acts(text)
    asked = _asked(text, buys)
    buyer, vendor = set(), set()
    for token in buyers | vendors | set(buys) | set(sells):
        acts, serves = 2 * buys[token] + asked[token], 2 * sells[token]
        is_acronym = token.isupper() and len(token) > 1
        enough = 2 if token in buyers else 6 if is_acronym else 12
        if token not in vendors and buys[token] and acts >= enough and acts > 3 * serves:
            buyer.add(token)
        enough = 2 if token in vendors else 8
        if token not in buyers and serves >= enough and serves > 3 * acts:
            vendor.add(token)
    return Parties(_names(buyer), _names(vendor) - _names(buyer))


_TITLE = re.compile(
    r"""\b(?:
    (?P<rfi>requests?[ ]for[ ]information|rfi|sources[ ]sought|industry[ ]day)
    |(?P<rfp>requests?[ ]for[ ](?:proposals?|quot\w+|bids?|qualifications|offers?|tenders?|applications?)
        |invitations?[ ](?:to|for)[ ](?:bid|tender)s?|solicitation|notice[ ]inviting|tenders?
        |rfp|rfq|rfb|itb|ifb|rfo|nit|call[ ]for[ ]proposals)
    |(?P<terms>agreement|terms[ ](?:and|&)[ ]conditions|contract[ ]clauses
        |standard[ ](?:contract|clauses|terms|provisions)|general[ ](?:provisions|conditions)
        |contract[ ](?:for|between|number|no)|required[ ]clauses|terms[ ]of)
    |(?P<sow>statement[ ]of[ ](?:work|objectives)|scope[ ]of[ ]work|performance[ ]work[ ]statement|work[ ]statement
        |(?:non-?)?functional[ ]requirements|sow|pws)
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_TELLING = re.compile(
    r"""\b(?:
    (?P<rfp>(?:proposals?|bids?|quotes?|quotations?|offers?|tenders?)[ ](?:must|shall|should|will|are|is|may)
        [ ](?:be[ ])?(?:submitted|received|due|opened|evaluated)
        |offerors?|bidders?|proposers?|proponents?|quoters?|tenderers?|evaluation[ ]criteria
        |sealed[ ](?:bids?|proposals?)|earnest[ ]money)
    |(?P<terms>this[ ](?:agreement|contract)|by[ ]and[ ]between|in[ ]witness[ ]whereof
        |the[ ]parties[ ](?:hereto[ ])?agree|whereas)
    |(?P<rfi>not[ ]a[ ](?:solicitation|request[ ]for[ ](?:proposals?|quot\w+))|information[ ]only|market[ ]research
        |planning[ ]purposes)
    )\b""",
    re.VERBOSE,
)
_HEAD, _FIRST_PAGES = 2_500, 15_000
"""Characters where a title stands, and those of the first pages."""


def _title_scores(text: str) -> Counter[str]:
    """Points for title words, more for those that stand earlier, most for the first."""
    scores: Counter[str] = Counter()
    for found in _TITLE.finditer(text, 0, _HEAD):
        weight = 5 if found.start() < 300 else 3 if found.start() < 800 else 1
        scores[found.lastgroup or ""] += weight if scores else weight + 6
    return Counter({kind: min(points, 14) for kind, points in scores.items()})


def document_kind(document: Document, segments: tuple[Segment, ...]) -> str:
    """What a document is: ``rfp`` (a solicitation of any sort), ``terms``, ``sow``, ``rfi`` or ``other``.

    Judged by title words, telling phrases of the first pages and the headings.
    """
    body = [document[block.span] for block in document.blocks[:400] if block.layer is Layer.BODY]
    text = "\n".join(body)[:_FIRST_PAGES]
    scores = _title_scores(text)
    telling = Counter(found.lastgroup or "" for found in _TELLING.finditer(text.lower()))
    scores["rfp"] += min(6, telling["rfp"] // 3)
    scores["terms"] += min(6, telling["terms"] // 2)
    scores["rfi"] += min(6, 2 * telling["rfi"])
    headings = " ".join(segment.heading.lower() for segment in segments[:200])
    scores["rfp"] += 3 * ("evaluation" in headings) + 2 * ("submission" in headings)
    scores["terms"] += 2 * ("indemnif" in headings) + 2 * ("governing law" in headings)
    order = ("rfp", "terms", "sow", "rfi")
    best = max(order, key=lambda kind: (scores[kind], -order.index(kind)))
    return best if scores[best] >= 3 else "other"
