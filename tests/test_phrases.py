"""The pattern language: what each construct matches, what a text must hold first, and what is refused."""

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.matcher import Matcher

from analyzer.matching import PhraseFinder
from analyzer.matching.candidates import CandidateIndex
from analyzer.matching.tokens import Text, Token, cut
from analyzer.phrases import (
    Choice,
    Expression,
    ExpressionKind,
    Requirement,
    Slot,
    Vocabulary,
    expand,
    parse_phrase,
    parse_tokens,
    plain_tokens,
    requirements,
    words_of,
)
from analyzer.regexes import parse_regex

VOCABULARY = Vocabulary({"vendor": ("contractor", "vendor*", "service provider"), "must": ("shall", "must")})
FINDER = PhraseFinder()


@cache  # the matcher knows expressions by identity, so they have to stay
def phrase(text: str) -> Expression:
    return parse_phrase(text, VOCABULARY)


def required_by(expression: Expression) -> tuple[Requirement, ...]:
    return requirements(expression.sequence, VOCABULARY)


def found(expression: Expression, text: str) -> set[str]:
    """Every stretch of a text that an expression matches."""
    doc = FINDER.nlp.make_doc(text)
    return {doc[start:end].text for start, end in FINDER.find(expression, doc, text)}


# What is written, a text, and the stretches of it that match.
MATCHED = [
    ("performance bond", "A Performance BOND is due.", {"Performance BOND"}),
    ("performance bond", "A bond for performance is due.", set()),
    ("performance bond", "performance of the bond", set()),
    ("limit*", "Limits, limited or unlimited", {"Limits", "limited"}),
    ("shall|must|will pay", "It must pay, may pay or will pay.", {"must pay", "will pay"}),
    ("lim*|cap on debt", "a cap on debt; a limitation on debt", {"cap on debt", "limitation on debt"}),
    ("(best and final | final) offer", "a best and final offer", {"best and final offer", "final offer"}),
    ("(best and final | final) offer", "the best offer", set()),
    ("the? contract", "the contract, contract", {"the contract", "contract"}),
    ("final (and binding)? decision", "a final and binding decision", {"final and binding decision"}),
    ("final (and binding)? decision", "a final decision", {"final decision"}),
    ("final (and binding)? decision", "a final and decision", set()),
    ("bond ..2 price", "bond of the price", {"bond of the price"}),
    ("bond ..2 price", "bond of the whole price", set()),
    ("bond ..0 price", "bond price", {"bond price"}),
    ("bond ... price", "bond a b c d e f g h price", {"bond a b c d e f g h price"}),
    ("bond ... price", "bond a b c d e f g h i price", set()),
    ("bond ... price", "a bond is due; the price is fixed", set()),
    ("# copies", "10 copies, ten copies, no copies", {"10 copies", "ten copies"}),
    ("#|several copies", "several copies of 3 copies", {"several copies", "3 copies"}),
    ("@vendor @must pay", "The contractor shall pay.", {"contractor shall pay"}),
    ("@vendor @must pay", "Vendors must pay.", {"Vendors must pay"}),
    ("@vendor @must pay", "The service provider must pay.", {"service provider must pay"}),
    ("@vendor? @must pay", "It must pay, vendor must pay.", {"must pay", "vendor must pay"}),
    ("(a | b (c | d)) e", "a e, b c e, b d e, b e", {"a e", "b c e", "b d e"}),
    ("will not pay", "It won't pay.", {"won't pay"}),
    ("can not pay", "It can't pay and cannot pay.", {"can't pay", "cannot pay"}),
    ("shall not pay", "We shan't pay.", {"shan't pay"}),
    ("do not pay", "They don’t pay.", {"don’t pay"}),
    ("non-negotiable", "This is non-negotiable.", {"non-negotiable"}),
    ("non-negotiable", "This is nonnegotiable.", set()),
    ("negotiable", "This is non-negotiable.", {"negotiable"}),
    ("10 %", "a bond of 10%", {"10%"}),
    ("(not ..3 | never) pay", "It shall not in any event pay.", {"not in any event pay"}),
    ("(not ..3 | never) pay", "It shall not, in whatever event, pay.", set()),
    ("pay (no | ..2 less) ..2 bond", "pay much less than the bond", {"pay much less than the bond"}),
    ("bond (price?) due", "bond due, bond price due", {"bond due", "bond price due"}),
    ("do not pay", "They dont pay, don't pay, don–t pay.", {"dont pay", "don't pay"}),
    ("do not pay", "They didn't pay.", {"didn't pay"}),
    ("cannot pay", "They can not pay, can't pay.", {"can not pay", "can't pay"}),
    ("won't pay", "They will not pay.", {"will not pay"}),
    ("was|were not paid", "It wasn't paid; they weren't paid.", {"wasn't paid", "weren't paid"}),
    ("take-it-or-leave-it", "a take–it–or–leave–it deal", {"take–it–or–leave–it"}),
    ("let us pay", "Let’s pay.", {"Let’s pay"}),
    ("state’s liability", "the State's liability", {"State's liability"}),
    (
        "non-us|u.s.|# bond-due|bond",
        "a non-us bond-due, U.S. bond, 3 bonds",
        {"non-us bond", "non-us bond-due", "U.S. bond"},
    ),
]


@pytest.mark.parametrize(("written", "text", "expected"), MATCHED)
def test_what_a_phrase_matches(written: str, text: str, expected: set[str]) -> None:
    assert found(phrase(written), text) == expected


REFUSED = [
    ("(a b", "a bracket is not closed"),
    ("((a) b", "a bracket is not closed"),
    ("a b)", "a bracket too many"),
    ("a )? b", "a bracket too many"),
    ("", "'' begins or ends with a gap, or is empty"),
    ("... bond", "'... bond' begins or ends with a gap, or is empty"),
    ("bond ..3", "'bond ..3' begins or ends with a gap, or is empty"),
    ("(bond | ..3) price", "'(bond | ..3) price' begins or ends with a gap, or is empty"),
    ("(bond |) price", "'(bond |) price' begins or ends with a gap, or is empty"),
    ("a||b", "an alternative of 'a||b' is empty"),
    ("a|", "an alternative of 'a|' is empty"),
    ("?", "an alternative of '?' is empty"),
    ("@nobody shall", "the vocabulary has no set @nobody; it has must, vendor"),
    ("li* of", "'li*' is too short a beginning: three letters at least"),
    ("the?", "'the?' holds no word that must be there"),
    ("#", "'#' holds no word that must be there"),
    ("%", "'%' holds no word that must be there"),
    ("(bond)?", "'(bond)?' holds no word that must be there"),
    (
        " ".join(["(a | b | c | d)"] * 8),
        f"{' '.join(['(a | b | c | d)'] * 8)!r} stands for 65536 sequences, more than 20000: make it simpler",
    ),
    (
        " ".join(["e-bond|u.s."] * 15),
        f"{' '.join(['e-bond|u.s.'] * 15)!r} stands for 32768 sequences, more than 20000: make it simpler",
    ),
    (
        "bond ..90 (price ..90 | tax ..50) due ..40 cap",
        "the gaps of 'bond ..90 (price ..90 | tax ..50) due ..40 cap' are too many and too wide "
        "(20,434 ways to join them)",
    ),
]


@pytest.mark.parametrize(("written", "reason"), REFUSED)
def test_what_is_wrong_with_a_phrase_is_said(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        phrase(written)
    assert str(caught.value) == reason


REQUIRED = [
    ("performance bond", [{"performance"}, {"bond"}]),
    ("limit*|cap ..3 liability", [{"limit*", "cap"}, {"liability"}]),
    ("the? bond", [{"bond"}]),
    ("bond (of the state)? price", [{"bond"}, {"price"}]),
    ("bond bond", [{"bond"}]),
    ("non-negotiable", [{"negotiable"}]),
    ("# copies", [{"copies"}]),
    ("10|# copies", [{"copies"}]),
    ("%|percent bond", [{"bond"}]),
    ("@must pay", [{"@must", "shall", "must", "ll", "shan", "shant", "mustn", "mustnt"}, {"pay"}]),
    ("us pay", [{"us", "s"}, {"pay"}]),
    ("(best offer | final bid)", [{"best", "final"}]),
    ("(best offer | final offer)", [{"offer"}, {"best", "offer"}]),
]


@pytest.mark.parametrize(("written", "expected"), REQUIRED)
def test_what_a_text_must_hold(written: str, expected: list[set[str]]) -> None:
    required = [set(requirement) for requirement in required_by(phrase(written))]
    assert required[: len(expected) - 1] == expected[:-1]
    assert len(required) == len(expected)


def test_a_phrase_is_kept_as_it_is_written() -> None:
    assert phrase("Bond ..3 (price)?") == Expression(
        ExpressionKind.PHRASE,
        "Bond ..3 (price)?",
        (
            Slot(frozenset({"bond"})),
            Slot(minimum=0, maximum=3),
            Choice(((Slot(frozenset({"price"})),),), is_optional=True),
        ),
    )


def test_expanding_gives_every_sequence() -> None:
    words = [[min(slot.words) for slot in variant] for variant in expand(phrase("a (b | c)? (d | e)").sequence)]
    assert words == [["a", "b", "d"], ["a", "b", "e"], ["a", "c", "d"], ["a", "c", "e"], ["a", "d"], ["a", "e"]]


def test_a_long_phrase_is_counted_and_not_written_out() -> None:
    assert found(phrase(" ".join(["(a | b)"] * 10)), "a b a b a b a b a b") == {"a b a b a b a b a b"}


# A regex, and the ways to match it, each as groups of strings of which a text must hold one each.
REGEXES = [
    (r"bond", [["bond"]]),
    (r"\bBid\s+security\b", [["bid", "security"]]),
    (r"(?:bond|surety)\b", [["bond|surety"]]),
    (r"(?:bond|\d+) price", [["bond", " price"], ["0|1|2|3|4|5|6|7|8|9", " price"]]),
    (r"(?:limit){2,}", [["limit"]]),
    (r"(?:liability)? cap of", [[" cap of"]]),
    (r"limit(?:s|ed)? of liab\w+", [["limit of liab|limits of liab|limited of liab"]]),
    (r"(?:no|not) bond.*?pric[ei]", [["no bond|not bond", "price|prici"]]),
    (r"(?:cap.*bond|price.*due) now", [["cap", "bond", " now"], ["price", "due", " now"]]),
]


@pytest.mark.parametrize(("written", "ways"), REGEXES)
def test_literals_of_a_regex(written: str, ways: list[list[str]]) -> None:
    literals = [[set(group) for group in way] for way in parse_regex(written).literals]
    assert literals == [[set(group.split("|")) for group in way] for way in ways]


BAD_REGEXES = [
    ("(bond", "the regex '(bond' is wrong: missing ), unterminated subpattern at position 0"),
    (r"\d+%", r"the regex '\\d+%' has no literal of three characters to search for"),
    ("(?:bond)?", "the regex '(?:bond)?' has no literal of three characters to search for"),
    ("bond|ab", "the regex 'bond|ab' has no literal of three characters to search for"),
    ("[bp]ond|x*", "the regex '[bp]ond|x*' has no literal of three characters to search for"),
]


@pytest.mark.parametrize(("written", "reason"), BAD_REGEXES)
def test_what_is_wrong_with_a_regex_is_said(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        parse_regex(written)
    assert str(caught.value) == reason


TOKENS: list[tuple[list[dict[str, object]], tuple[set[str], ...]]] = [
    ([{"LOWER": "bond"}], ({"bond"},)),
    ([{"LOWER": {"IN": ["bond", "surety"]}}, {"IS_PUNCT": True}], ({"bond", "surety"},)),
    ([{"LOWER": "the", "OP": "?"}, {"NORM": "Bond", "OP": "+"}], ({"bond"},)),
    ([{"NORM": "not"}, {"LOWER": "non-negotiable"}], (set(required_by(phrase("not"))[0]), {"negotiable"})),
]


@pytest.mark.parametrize(("tokens", "expected"), TOKENS)
def test_what_a_token_pattern_requires(tokens: list[dict[str, object]], expected: tuple[set[str], ...]) -> None:
    assert parse_tokens(tokens, "text") == Expression(
        ExpressionKind.TOKENS, "text", requires=tuple(map(frozenset, expected))
    )


@pytest.mark.parametrize(
    "tokens",
    [[], [{"IS_PUNCT": True}], [{"LOWER": "bond", "OP": "*"}], [{"LOWER": "bond", "OP": "!"}], [{"LOWER": {"IN": []}}]],
)
def test_a_token_pattern_needs_a_word(tokens: list[dict[str, object]]) -> None:
    with pytest.raises(ValueError, match=r"^the token pattern holds no LOWER or NORM word that must be there$"):
        parse_tokens(tokens, "text")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("bond", "'bond' is not a table of a token's attributes"),
        ({"LEMMA": "bond"}, "'LEMMA' is not one of IS_ALPHA, "),
        ({"LOWER": 1.5}, "LOWER: 1.5 is neither a text nor a number nor a table"),
        ({"OP": ""}, "'' is not an operator of a token"),
        ({"OP": "{1,"}, "'{1,' is not an operator of a token"),
        ({"LOWER": {"REGEX": "("}}, "the regex '(' is wrong"),
        ({"LOWER": {"REGEX": "(a+)+$"}}, "the regex '(a+)+$' of a token repeats"),
        ({"LOWER": {"REGEX": r"(a|b)\1"}}, r"the regex '(a|b)\\1' of a token repeats"),
        ({"LOWER": {"IN": "bond"}}, "{IN = 'bond'} is not a test of a token"),
        ({"LENGTH": {">": "3"}}, "{> = '3'} is not a test of a token"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(token: object, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}"):
        parse_tokens([{"LOWER": "bond"}, token], "text")  # type: ignore[list-item]


@pytest.mark.parametrize(
    "token",
    [
        {},
        {"OP": "{1,3}"},
        {"LENGTH": {">=": 3}},
        {"LOWER": {"REGEX": "^(?:b|c[dt])$"}},
        {"LOWER": {"FUZZY": "bnd"}},
        {"IS_STOP": True},
    ],
)
def test_what_may_stand_in_a_token_is_taken_by_spacy(token: dict[str, object]) -> None:
    tokens = [{"LOWER": "bond"}, token]
    parse_tokens(tokens, "text")
    Matcher(FINDER.nlp.vocab, validate=True).add("bond", [tokens])


PLAIN = [
    ("The State's bond.", " the state ' s bond . "),
    ("It won't; they’ll", " it will not ; they will "),
    ("cannot or can't", " can not or can not "),
    ("shan't don't", " shall not do not "),
    ("non-negotiable (10%)", " non - negotiable ( 10 % ) "),
    ("", "  "),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain_tokens(text: str, expected: str) -> None:
    assert plain_tokens(text, {}) == expected


def test_plain_tokens_take_the_names_of_the_parties() -> None:
    assert plain_tokens("Acme shall pay Oz.", {"acme": "@vendor", "oz": "@buyer"}) == " @vendor shall pay @buyer . "


def test_words_are_letters_and_digits() -> None:
    assert words_of("The State's 1.5-fold, non-negotiable_x Été") == (
        ["the", "state", "s", "1", "5", "fold", "non", "negotiable", "x", "été"]
    )


# One pass finds just what spaCy's matcher finds: whatever the phrase, whatever the text.

WORDS = "bond price not will pay does did were could shall the state us is can do limit a let have would m t".split()
PIECES = [
    *WORDS,
    *"won't can't cannot shan't don't isn't we'll they've I'd it's let's we're I'm aren't mustn't couldn't".split(),
    *"doesn't didn't weren't non-negotiable".split(),
    *"won’t dont cant didnt werent non–negotiable State's 10% $1.5 twenty-five 1,000 3rd ten half".split(),
    *"(10) one-third unlimited limitation ; , . - / ( ) % bond; bond/price Bond PRICE e.g. No. U.S. and/or".split(),
]
WORD = st.sampled_from(
    [*WORDS, "non-negotiable", "lim*", "non*", "pri*", "%", "state's", "10", "cannot", "won't", "co-operate"]
)
LEXEME = st.one_of(
    WORD,
    WORD,
    st.lists(WORD, min_size=2, max_size=3).map("|".join),
    WORD.map(lambda word: f"{word}?"),
    st.sampled_from(["...", "..1", "..3", "#", "#|bond", "@vendor", "@must", "@must?", "@vendor?"]),
)
PHRASE = st.recursive(
    st.lists(LEXEME, min_size=1, max_size=4).map(" ".join),
    lambda inner: st.tuples(
        st.lists(inner, min_size=1, max_size=3).map(" | ".join), st.sampled_from([")", ")?"]), LEXEME, st.booleans()
    ).map(lambda parts: f"({parts[0]}{parts[1]} {parts[2]}" if parts[3] else f"{parts[2]} ({parts[0]}{parts[1]}"),
    max_leaves=4,
)
SENTENCE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join)
QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def parsed(written: str) -> Expression | None:
    try:
        return phrase(written)
    except ValueError:
        return None


@QUICK
@given(PHRASE.map(parsed).filter(bool), st.lists(SENTENCE, min_size=1, max_size=6))
def test_a_text_holds_the_words_that_a_match_requires(expression: Expression, texts: list[str]) -> None:
    for text in texts:
        if stretches := found(expression, text):
            words = set(words_of(text))
            unmet = [requirement for requirement in required_by(expression) if not is_met(requirement, words)]
            assert unmet == [], (expression.text, text, stretches)


def is_met(requirement: frozenset[str], words: set[str]) -> bool:
    beginnings = tuple(entry.removesuffix("*") for entry in requirement if entry.endswith("*"))
    return bool(requirement & words) or any(word.startswith(beginnings) for word in words if beginnings)


def index_of(*expressions: Expression) -> CandidateIndex:
    return CandidateIndex([], VOCABULARY, FINDER, expressions)


@QUICK
@given(st.lists(PHRASE.map(parsed).filter(bool), min_size=1, max_size=4), st.lists(SENTENCE, min_size=1, max_size=6))
def test_one_pass_over_a_text_finds_what_spacy_finds(expressions: list[Expression], texts: list[str]) -> None:
    index = index_of(*expressions)
    for text in texts:
        pieces = cut(text)
        seen, _ = index.look(index.pieces, pieces)
        tokens = Text([passed for piece in pieces for passed in index.pieces[piece].tokens])
        doc = FINDER.nlp.make_doc(text)
        assert index.pieces.bounds(pieces) == [(token.idx, token.idx + len(token)) for token in doc]
        for expression in expressions:
            by_spacy = sorted(FINDER.find(expression, doc, text))
            assert index.find(expression, tokens, seen.met) == by_spacy, (expression.text, text)
            assert index.may_match(expression, seen.met) >= bool(by_spacy), (expression.text, text)
            assert index.stands(expression, tokens, seen.met) == bool(by_spacy), (expression.text, text)
            assert index.is_met(expression, seen.met) <= bool(by_spacy) or ";" in text, (expression.text, text)


@QUICK
@given(st.text("abW1.,;'’ \u00a0()-_%$", max_size=30))
def test_pieces_of_a_text_are_split_as_spacy_splits_the_whole(text: str) -> None:
    tokens = [token for piece in cut(text) if piece for token in FINDER.split(piece)]
    assert tokens == [Token(one.text, one.norm_, one.like_num) for one in FINDER.nlp.make_doc(text)]


@QUICK
@given(PHRASE.map(parsed).filter(bool), st.lists(SENTENCE, min_size=1, max_size=4))
def test_joined_runs_match_what_spacy_matches_by_itself(expression: Expression, texts: list[str]) -> None:
    whole = Matcher(FINDER.nlp.vocab)
    whole.add("whole", FINDER.token_patterns(expression))
    for text in texts:
        text = text.replace(";", ",")
        doc = FINDER.nlp.make_doc(text)
        joined, by_spacy = set(FINDER.find(expression, doc, text)), {(start, end) for _, start, end in whole(doc)}
        # Where a gap stands after nothing but what may be absent, spaCy's matches also begin with any words.
        assert bool(joined) == bool(by_spacy), expression.text
        assert joined <= by_spacy, expression.text
