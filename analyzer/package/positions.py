"""Where a document stands on the questions that documents of a package answer differently."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.document import Unit
from analyzer.findings import Severity
from analyzer.package.liability import Limit, limits_of
from analyzer.package.members import ReadMember, Statement
from analyzer.package.unlimited import found_by_rules, unlimited_in
from analyzer.rules import RuleSet

__all__ = ["Bond", "Negotiation", "Positions", "is_hesitant", "positions_of"]

_LAW = re.compile(r"\b(?:law|laws|statut\w+|code|regulations?|constitution|legislation)\b")
_CLAUSE_NUMBER = re.compile(
    r"\b(?:sections?|clauses?|articles?|paragraphs?|items?) \(?\d+(?:[.(]\d|\b.{0,30}\band\b \d)"
)

_ANY_CLAUSE = re.compile(r"\b(?:sections?|clauses?|articles?|paragraphs?|items?) \(?\d")
_ASKS = re.compile(r"\?|^(?:quer(?:y|ies)|questions?|c?q\d+)\b|\bkindly\b")
"""A question from a vendor says nothing of where the buyer stands."""
_EXCEPTION = re.compile(
    r"\b(?:exceptions?|deviations?|departures?|objections?|red-?lin\w+|(?:alternat\w+|replacement|substitute"
    r"|proposed|different)"
    r" (?:terms|language|wording|clauses?|text)|(?:changes|modifications|revisions"
    r"|edits) to (?:\w+ ){0,3}(?:terms|contract"
    r"|agreement|clauses?|provisions|conditions))\b"
)
_OF_TERMS = re.compile(
    r"\b(?:terms?|conditions|contract|agreement|clauses?|provisions?|requirements?|specifications?|rfp"
    r"|solicitation|exemplar"
    r"|exhibit|appendix|attachment|article|section)\b"
)
_INVITES = re.compile(
    r"\b(?:may|can|are|is|be) (?:\w+ ){0,3}(?:propose|submit|take|note|list|identify|raise|offer|suggest"
    r"|request|invited"
    r"|encouraged|allowed|permitted|welcome|considered|negotiated|reserved)"
    r"|\b(?:must|shall|should|will|to) (?:be )?(?:clearly )?(?:set (?:out|forth)|list\w*|identif\w+|noted?"
    r"|stated?|submit\w*"
    r"|described?|included?|considered|negotiated|explain\w*|raised|detail\w*|specif\w+)"
)
_REFUSES = re.compile(
    r"\bnon-?responsive|\bunresponsive|\breject\w*|\bdisqualif|\bineligible|\beliminat\w+"
    r"|\bnot (?:\w+ ){0,2}(?:accept\w*|consider\w*|entertain\w*|permit\w*|allow\w*|evaluat\w+)|\bno deviation"
    r"|\bno (?:exceptions?|deviations?|changes|modifications) (?:to|from|will|shall|are|is|may|in|of)\b"
)
_AS_IS = re.compile(
    r"negotiab|\bnot (?:be )?(?:\w+ ){0,2}negotiated|\bwithout (?:any )?(?:change|modification|exception"
    r"|alteration)|\bas is\b"
)
_QUALIFIED = re.compile(
    r"\b(?:tak\w+ (?:any )?exceptions?|conditional (?:bids?|offers?|proposals?|quotes?)"
    r"|qualif(?:y|ies|ied) (?:the|its|their|his|a) (?:proposal|bid|offer|response)|counter-?offers?|no deviation)\b"
)
_SPARED = re.compile(
    r"\bnot (?:\w+ )?(?:listed|identified|submitted|noted|stated|included|made|taken|raised|disclosed|set)"
    r"|\bother than\b"
    r"|\bunless\b|\bafter\b|\blate\b|\bfail\w*|\bmaterial\b|\bsubstantial\w*|\bexcept (?:as|for|where)"
    r"|\bwithout (?!change|modif|except|alter)|\bif not\b"
    r"|\bexception of\b|\bin accordance|\bwill not be (?:rejected|disqualified|penali[sz]ed)"
    r"|\bnot (?:\w+ ){0,3}(?:non-?responsive"
    r"|reject\w*|disqualif\w*|ground)|\bno (?:ground|reason)|\bprotest|\bdefects?\b|\bgrounds for the objection"
    r"|\bdebarred|\bobjection from\b|\btax|\bsanction"
)
_BUT = re.compile(r"\W*(?:however|unless|except|notwithstanding|but|nevertheless)\b")
_MERELY_MAY = re.compile(r"\bmay\b|\breserves the right|\bcould\b|\bat (?:its|the) (?:sole )?discretion")

_BONDS = (
    (
        "bid",
        re.compile(r"\b(?:bid|proposal|offer|tender) (?:bonds?|security|guarantees?|deposit)|\bearnest money|\bemd\b"),
    ),
    ("payment", re.compile(r"\bpayment bonds?|\blabou?r (?:and|&) materials?")),
    (
        "performance",
        re.compile(
            r"\bperformance (?:bonds?|security|guarant\w+|deposit)|\bsecurity deposit|\bsurety bonds?"
            r"|\bcontract bonds?"
        ),
    ),
)
_OTHER_BOND = re.compile(
    r"\b(?:maintenance|fidelity|license|permit|supply|retention|completion|guaranty|official|savings|revenue"
    r"|blanket) bonds?\b"
)
_ANY_BOND = re.compile(r"\bbonds?\b|\bbonding\b|\bsurety\b")
_WAIVES = re.compile(
    r"\b(?:no|not|neither|nor)\b(?:\W+\w+){0,8}\W+(?:requir\w+|needed|necessary|asked|demanded|applicable"
    r"|furnish\w*|apply)\b"
    r"|\bno (?:\w+[ ,/]+(?:or |and )?){0,6}(?:bonds?|security|deposit|emd)\b.{0,24}\b(?:required|needed"
    r"|necessary|asked|is|are|for)\b"
    r"|\b(?:is|are|been|be|hereby) (?:\w+ )?(?:waived|exempt\w*)|\bexempt\w* from\b"
)
_CONDITIONAL = re.compile(
    r"\b(?:if|unless|under|less than|below|exceed\w*|over|above|until|where|when|only|interest|released"
    r"|returned|refunded|accompanied"
    r"|forfeit\w*|liable|startup\w*|msme|msmes|mse|small|lessen|relieve\w*|hereunder|applicable for|cancelled"
    r"|construction|subcontract\w*"
    r"|suppliers|for (?:clins?|lots?|phases?|items?)|earlier|previous|was|were)\b"
)
_DEMANDS = re.compile(
    r"\b(?:shall|must|will|(?:is|are|be) required to|requires?)\b(?:\W+\w+){0,8}\W+(?:furnish|provide|submit"
    r"|deposit|post|obtain"
    r"|maintain|deliver|accompan\w+|give|execute|supply|put up)\b|\b(?:is|are|be) (?:hereby )?required\b"
    r"|\bexecuted\b.{0,40}\bbond"
)
_NOT_A_DEMAND = re.compile(
    r"\b(?:if|fails?|failed|failure|forfeit\w*|equivalent|construction|hereby declare|whereas|in lieu|withdraw)\b"
)

_NEGOTIATES = re.compile(r"\bnegotiat\w+|\bbest and final\b|\bbafo\b|\bdiscussions with\b")
_RESERVES = re.compile(
    r"\b(?:may|will|shall|intends?|intend to|reserves?|right to|option to|plans? to|entitled to|elect to|would"
    r"|open (?:to|for))\b"
)
_RULES_OUT = re.compile(
    r"\bno (?:further )?(?:negotiations?|discussions)\b|\bnon-?negotiable|\bnot (?:be )?(?:\w+ ){0,3}negotiab\w+"
    r"|\b(?:not|never|cannot) (?:be )?(?:\w+ ){0,4}negotiat\w*|\bwithout (?:any |further )?(?:negotiations?"
    r"|discussions)\b"
)
_SOFT = re.compile(
    r"\b(?:may|intends?|might|with or without|obligat\w+|does not|do not|if|should|unless|except|until"
    r"|satisfactor\w+|successful\w*"
    r"|reserves?|in good faith|dispute\w*|before|prior to|unable|fail\w*)\b"
)
_OTHER_TALKS = re.compile(
    r"\bdispute|\barbitrat|\bsubcontract|\bcollective bargaining|\bnegotiable instrument|\bunion\b|\bemployment"
    r"|\bmediat|\bcosts? incurred"
    r"|\bsupersede|\brepresent(?:s|ed|ing)? .{0,40}negotiation|\bcontribut|\brate of pay|\bdisclos"
    r"|\bconfidential|\bexpenses?\b|\bparking|\bselected for\b"
    r"|\b(?:have|has|had|been|were|was) negotiated|\bsoftware\b|\b(?:terms|items) (?:that are "
    r"|which are )?listed|\bconfined to|\blicen[cs]e\b"
)
_SCOPE = re.compile(r"\bscope\b|\brequirements\b|\bspecifications?\b")
_PRICES = re.compile(r"\b(?:prices?|pricing|costs?|rates?|fees?|financial|best and final|bafo|l1)\b")
_TERMS = re.compile(r"\b(?:terms?|conditions|clauses?|provisions?|agreement)\b")


@dataclass(frozen=True, slots=True)
class Bond:
    """A statement on bonds and the kinds that it speaks of."""

    statement: Statement
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Negotiation:
    """A statement on negotiation, and what it is about: ``price``, ``terms`` or nothing in particular."""

    statement: Statement
    about: frozenset[str]


@dataclass(frozen=True, slots=True)
class Positions:
    """What one member says on each question, in the order of the text."""

    limits: tuple[Limit, ...]
    unlimited: tuple[Statement, ...]
    invited: tuple[Statement, ...]
    punished: tuple[Statement, ...]
    waived: tuple[Bond, ...]
    demanded: tuple[Bond, ...]
    reserved: tuple[Negotiation, ...]
    ruled_out: tuple[Negotiation, ...]


def positions_of(read: ReadMember, rules: RuleSet) -> Positions:
    """What a member says on liability, exceptions, bonds and negotiation; from its report and its sentences."""
    prose = [s for s in read.statements if s.sentence.unit is not Unit.HEADING and not _ASKS.search(s.low)]
    return Positions(
        limits_of(read, rules),
        unlimited_in(read),
        tuple(s for s in prose if _is_invitation(s.low)),
        tuple(_punished(read, prose)),
        tuple(Bond(s, kinds) for s in prose if (kinds := _bonds(s.low)) and _is_waiver(s.low)),
        tuple(_demanded(read)),
        tuple(Negotiation(s, _about(s.low)) for s in prose if _is_reserved(s.low)),
        tuple(Negotiation(s, _about(s.low)) for s in prose if _is_ruled_out(s.low) and not _is_taken_back(read, s)),
    )


def _is_taken_back(read: ReadMember, statement: Statement) -> bool:
    """Whether the next sentence makes an exception."""
    return any(_BUT.match(after.low) for after in read.statements[statement.index + 1 : statement.index + 2])


def is_hesitant(statement: Statement) -> bool:
    """Whether what it threatens merely may happen."""
    return bool(_MERELY_MAY.search(statement.low))


def _is_invitation(low: str) -> bool:
    return bool(
        _EXCEPTION.search(low)
        and _OF_TERMS.search(low)
        and _INVITES.search(low)
        and not _SPARED.search(re.sub(r"will not be (?:rejected|disqualified)", "", low))
        and not _REFUSES.search(low)
    )


def _punished(read: ReadMember, prose: Sequence[Statement]) -> Iterator[Statement]:
    fixed = {
        statement.index
        for finding, statement in found_by_rules(read, "inflexible-terms", "non-negotiable", "exceptions-rejected")
        if finding.severity.rank >= Severity.MEDIUM.rank and _OF_TERMS.search(statement.low)
    }
    for statement in prose:
        low = statement.low
        if _is_taken_back(read, statement) or _SPARED.search(low) or _LAW.search(low) or _CLAUSE_NUMBER.search(low):
            continue
        is_refused = bool(_REFUSES.search(low))
        about_terms = bool(_EXCEPTION.search(low) and _OF_TERMS.search(low)) or bool(_QUALIFIED.search(low))
        if (is_refused and about_terms) or (statement.index in fixed and _AS_IS.search(low)):
            yield statement


def _bonds(low: str) -> frozenset[str]:
    kinds = frozenset(kind for kind, pattern in _BONDS if pattern.search(low))
    if not kinds and _ANY_BOND.search(low) and not _OTHER_BOND.search(low):
        return frozenset(kind for kind, _ in _BONDS)
    return kinds


def _is_waiver(low: str) -> bool:
    return (
        bool(_WAIVES.search(low)) and not _CONDITIONAL.search(low) and not re.search(r"\bto bond\b|\bbonds of\b", low)
    )


def _demanded(read: ReadMember) -> Iterator[Bond]:
    for subtype, kind in (("performance", "performance"), ("payment", "payment"), ("bid-security", "bid")):
        for finding, statement in found_by_rules(read, "performance-bond", subtype):
            low = statement.whole
            is_real = bool(_DEMANDS.search(low)) and not _NOT_A_DEMAND.search(f"{statement.heading.lower()} {low}")
            if finding.severity is not Severity.LOW and is_real and not _is_waiver(statement.low):
                named = {name for name, pattern in _BONDS if pattern.search(low)}
                yield Bond(statement, frozenset(named or {kind}))


def _about(low: str) -> frozenset[str]:
    return frozenset(
        name for name, pattern in (("price", _PRICES), ("terms", _TERMS), ("scope", _SCOPE)) if pattern.search(low)
    )


def _is_reserved(low: str) -> bool:
    return bool(
        (found := _NEGOTIATES.search(low))
        and _RESERVES.search(low)
        and not _OTHER_TALKS.search(low)
        and not re.search(r"\b(?:no|not|without|never|cannot)\b", low[max(0, found.start() - 60) : found.end() + 20])
    )


def _is_ruled_out(low: str) -> bool:
    return bool(
        _RULES_OUT.search(low)
        and not _SOFT.search(low)
        and not _OTHER_TALKS.search(low)
        and not _LAW.search(low)
        and not _ANY_CLAUSE.search(low)
    )
