"""Why a sentence was flagged or not, held against the matcher and the report over the rules that ship."""

from collections.abc import Iterator

import pytest

from analyzer.document import Span, Unit
from analyzer.engine import Analysis, Analyzer
from analyzer.examples import as_document
from analyzer.explaining import Explained, Explainer, Explanation, Outcome, RuleAnswer
from analyzer.matching import RuleMatcher
from analyzer.matching.spelling import alternatives_of, words_for
from analyzer.phrases import parse_phrase
from analyzer.policy import Policy, load_policy
from analyzer.regexes import parse_regex
from analyzer.resources import samples_folder
from analyzer.rules import Example, Rule
from analyzer.segmentation import parties
from tests.rule_folders import PATTERN, SHARED, document_of, pattern, rule, unless, write_folder


@pytest.fixture(scope="module")
def shipped() -> Analyzer:
    return Analyzer()


@pytest.fixture(scope="module")
def explainer(shipped: Analyzer) -> Explainer:
    return Explainer(shipped.rules, shipped.matcher, shipped.policy, shipped.classifier)


@pytest.fixture(scope="module")
def without_model(shipped: Analyzer) -> tuple[Analyzer, Explainer]:
    rules_alone = Analyzer(model=None)
    return rules_alone, Explainer(rules_alone.rules, rules_alone.matcher, rules_alone.policy)


def _asked(analyzer: Analyzer, explainer: Explainer, example: Example) -> tuple[Explained, Analysis, Span]:
    """An example as an analysed document, and where its text stands."""
    document, _ = as_document(example)
    analysis = analyzer.analyze_document(document, kind="rfp")
    start = max(0, document.text.rfind(example.text))
    return (
        explainer.read(document, analysis.segments, analysis.report),
        analysis,
        Span(start, start + len(example.text)),
    )


def _examples(rule: Rule, most: int | None = None) -> Iterator[Example]:
    yield from rule.flags[:most]
    yield from rule.passes[:most]


def _of(explanations: tuple[Explanation, ...]) -> dict[str, RuleAnswer]:
    return {answer.rule: answer for one in explanations for answer in one.rules}


@pytest.mark.slow
def test_what_fired_and_what_cleared_is_what_the_matcher_says(
    without_model: tuple[Analyzer, Explainer],
) -> None:
    analyzer, explainer = without_model
    compared = 0
    for shipped_rule in analyzer.rules.rules:
        if shipped_rule.detector:
            continue
        for example in _examples(shipped_rule):
            explained, analysis, span = _asked(analyzer, explainer, example)
            said = {
                (one.span, answer.rule, answer.outcome is Outcome.CLEARED)
                for one in explained.explain(span, with_near=False)
                for answer in one.rules
                if explainer.by_id[answer.rule].detector is None
            }
            asked = {one.span for one in explained.explain(span, with_near=False)}
            named = parties(analysis.document)
            matched = {
                (match.sentence.span, match.rule, bool(match.cleared_by))
                for match in analyzer.matcher(analysis.document, analysis.segments, parties=named, kind="rfp")
                if not match.rule.startswith("checklist/") and match.sentence.span in asked
            }
            assert said == matched, example.text
            compared += len(matched)
    assert compared > len(analyzer.rules.rules)


def test_what_came_near_did_not_fire(without_model: tuple[Analyzer, Explainer]) -> None:
    analyzer, explainer = without_model
    told = 0
    for shipped_rule in analyzer.rules.rules[::3]:
        if shipped_rule.detector:
            continue
        for example in shipped_rule.passes[:1]:
            explained, analysis, span = _asked(analyzer, explainer, example)
            fired = {
                (match.sentence.span, match.rule)
                for match in analyzer.matcher(analysis.document, analysis.segments, kind="rfp")
            }
            for one in explained.explain(span):
                near = [answer for answer in one.rules if answer.outcome in {Outcome.ALMOST, Outcome.OUT_OF_SCOPE}]
                assert not {(one.span, answer.rule) for answer in near} & fired
                assert len({answer.rule for answer in one.rules}) == len(one.rules)
                for answer in near:
                    assert answer.missing or answer.reason
                    assert all(words.lower() in analysis.document.text.lower() for words in answer.found)
                told += len(near)
    assert told


def test_a_flagged_sentence_says_which_words_fired(shipped: Analyzer, explainer: Explainer) -> None:
    text = "The Contractor's liability under this Agreement shall be unlimited."
    explained, analysis, span = _asked(shipped, explainer, Example(text))
    (one,) = explained.explain(span)
    answer = one.rules[0]
    assert answer.outcome is Outcome.FLAGGED
    assert answer.category == analysis.report.findings[0].category
    assert any("unlimited" in words for words in answer.found)
    assert one.is_flagged


def test_the_model_is_told_as_the_scan_has_it(shipped: Analyzer, explainer: Explainer) -> None:
    text = "The Contractor's liability under this Agreement shall be unlimited."
    explained, analysis, span = _asked(shipped, explainer, Example(text))
    (one,) = explained.explain(span)
    finding = analysis.report.findings[0]
    said = next(opinion for opinion in one.opinions if opinion.category == finding.category)
    assert said.is_flagged
    assert said.probability == finding.score
    assert [opinion.probability for opinion in one.opinions] == sorted(
        (opinion.probability for opinion in one.opinions), reverse=True
    )


def test_the_model_says_of_each_sentence_what_it_says_of_the_whole_document(
    shipped: Analyzer, explainer: Explainer
) -> None:
    analysis = shipped.analyze(samples_folder() / "documents" / "it-rfp-problems.pdf")
    document, segments = analysis.document, analysis.segments
    named, kind = parties(document), analysis.report.kind
    model = shipped.classifier
    assert model is not None
    matches = shipped.matcher(document, segments, parties=named, kind=kind)
    found = model.instances(document, segments, matches, parties=named, kind=kind)
    whole = {one.sentence.span: said for one, said in zip(found, model.opinions(found), strict=True)}
    explained = explainer.read(document, segments, analysis.report)
    flagged = {finding.span for finding in analysis.report.findings if "/" in finding.rule}
    for span in [one.sentence.span for one in found][::9]:
        (one,) = explained.explain(span, with_near=False)
        assert one.opinions == whole[span], document[span]
        assert one.is_flagged == (span in flagged), document[span]


def test_a_cleared_sentence_names_the_exception(shipped: Analyzer, explainer: Explainer) -> None:
    explained, _, span = _asked(shipped, explainer, Example("Performance bond: not required."))
    answers = _of(explained.explain(span))
    assert answers["performance-bond/performance"].outcome is Outcome.CLEARED
    assert "not required" in answers["performance-bond/performance"].reason
    assert not any(one.is_flagged for one in explained.explain(span))


def test_a_bare_subject_comes_near_and_says_what_is_missing(shipped: Analyzer, explainer: Explainer) -> None:
    explained, _, span = _asked(shipped, explainer, Example("The limit of liability will be discussed."))
    near = [answer for answer in _of(explained.explain(span)).values() if answer.outcome is Outcome.ALMOST]
    assert near
    assert near[0].category == "unlimited-liability"
    assert any("liability" in words for words in near[0].found)
    assert near[0].missing


def test_plain_words_come_near_nothing(shipped: Analyzer, explainer: Explainer) -> None:
    explained, _, span = _asked(shipped, explainer, Example("Sunlight falls on green hills."))
    (one,) = explained.explain(span)
    assert one.rules == ()
    assert one.opinions


def test_nothing_is_said_of_nothing(shipped: Analyzer, explainer: Explainer) -> None:
    explained, analysis, _ = _asked(shipped, explainer, Example("Sunlight falls on green hills."))
    assert explained.explain(Span(0, 0)) == ()
    assert explained.explain(Span(len(analysis.document.text) + 5, len(analysis.document.text) + 9)) == ()


def test_a_question_of_many_sentences_is_answered_for_the_first(shipped: Analyzer, explainer: Explainer) -> None:
    explained, analysis, _ = _asked(shipped, explainer, Example(" ".join(["The day is long."] * 12)))
    assert len(explained.explain(Span(0, len(analysis.document.text)))) == 5


# A folder of a few rules, where each outcome can be brought about ----------------------------------------------------


def _small(root, files: dict[str, str], policy: Policy | None = None) -> tuple[Analyzer, Explainer]:
    """An analyzer of those rules beside the shipped ones, and an explainer of theirs alone."""
    analyzer = Analyzer(
        rules=(write_folder(root, {"categories.toml": SHARED["categories.toml"], **files}),), model=None
    )
    return analyzer, Explainer(analyzer.rules, RuleMatcher(analyzer.rules), policy or analyzer.policy)


def _zebra(root, text: str, *lines: str, kind: str = "rfp") -> RuleAnswer:
    analyzer, explainer = _small(root, {"animals/zebra.toml": text})
    document = document_of(*lines)
    analysis = analyzer.analyze_document(document, kind=kind)
    explained = explainer.read(document, analysis.segments, analysis.report)
    answers = explained.explain(Span(document.text.index(lines[-1].lstrip("#- ")), len(document.text)))
    return _of(answers)["animals/zebra"]


def test_out_of_scope_by_the_kind_of_document(tmp_path) -> None:
    head = rule(PATTERN, tail='\n[scope]\ndocuments = ["terms"]\n')
    answer = _zebra(tmp_path, head, "A zebra grazes.")
    assert answer.outcome is Outcome.OUT_OF_SCOPE
    assert "contract or terms" in answer.reason
    assert "solicitation" in answer.reason


def test_out_of_scope_by_heading(tmp_path) -> None:
    answer = _zebra(tmp_path, rule(PATTERN, tail='\n[scope]\nheadings_out = ["zoo"]\n'), "# The zoo", "A zebra grazes.")
    assert answer.outcome is Outcome.OUT_OF_SCOPE
    assert "heading" in answer.reason


def test_out_of_scope_by_what_the_sentence_is(tmp_path) -> None:
    answer = _zebra(tmp_path, rule(pattern('units = ["cell"]\nany = ["zebra*"]')), "A zebra grazes.")
    assert answer.outcome is Outcome.OUT_OF_SCOPE
    assert answer.found == ("zebra",)
    assert "cells of a table" in answer.reason


def test_missing_words_are_named(tmp_path) -> None:
    text = rule(pattern('all = ["zebra* ... quagga hybrid|cross", "striped"]'))
    answer = _zebra(tmp_path, text, "A striped zebra meets a quagga.")
    assert answer.outcome is Outcome.ALMOST
    assert answer.found == ("striped", "zebra", "quagga")
    assert answer.missing == ("hybrid or cross",)


def test_words_too_far_apart(tmp_path) -> None:
    text = rule(pattern('any = ["zebra ..1 quagga"]'))
    answer = _zebra(tmp_path, text, "A zebra walks past the tall green quagga.")
    assert answer.outcome is Outcome.ALMOST
    assert answer.missing == ()
    assert "too far apart" in answer.reason


def test_words_that_keep_a_pattern_from_firing(tmp_path) -> None:
    text = rule(pattern('any = ["zebra*"]\nnone = ["crossing"]'))
    answer = _zebra(tmp_path, text, "Use the zebra crossing.")
    assert answer.outcome is Outcome.ALMOST
    assert "crossing" in answer.reason


def test_what_is_missing_elsewhere_says_where(tmp_path) -> None:
    text = rule(pattern('all = ["zebra*", { phrase = "zoo", window = "heading" }]'))
    answer = _zebra(tmp_path, text, "# The park", "A zebra grazes.")
    assert answer.missing == ("in the headings above: zoo",)


def test_cleared_by_an_exception(tmp_path) -> None:
    answer = _zebra(tmp_path, rule(PATTERN + unless('any = ["painted"]', name="only painted")), "A painted zebra.")
    assert answer.outcome is Outcome.CLEARED
    assert answer.reason == "Cleared: only painted (“painted”)."


def test_switched_off_by_the_policy(shipped: Analyzer) -> None:
    policy = Policy(off=frozenset({"unlimited-liability"}))
    analyzer = Analyzer(policy=policy, model=None)
    explainer = Explainer(analyzer.rules, analyzer.matcher, policy)
    explained, analysis, span = _asked(
        analyzer, explainer, Example("The Contractor's liability under this Agreement shall be unlimited.")
    )
    answers = [one for one in _of(explained.explain(span)).values() if one.category == "unlimited-liability"]
    assert answers[0].outcome is Outcome.ACCEPTED
    assert "switches this rule off" in answers[0].reason
    assert not any(finding.category == "unlimited-liability" for finding in analysis.report.findings)


def test_within_a_limit_of_the_policy() -> None:
    policy = load_policy("nascio")
    limited = Policy(limits=type(policy.limits)(bond_percent=20.0))
    analyzer = Analyzer(policy=limited, model=None)
    explainer = Explainer(analyzer.rules, analyzer.matcher, limited)
    text = "The Contractor shall furnish a performance bond of 10 percent of the contract price."
    explained, analysis, span = _asked(analyzer, explainer, Example(text))
    answers = _of(explained.explain(span))
    assert answers["performance-bond/performance"].outcome is Outcome.ACCEPTED
    assert "limit of 20 percent" in answers["performance-bond/performance"].reason
    assert analysis.report.near_misses


def test_contents_are_not_read(shipped: Analyzer, explainer: Explainer) -> None:
    document = document_of("# Contents", "1 Unlimited liability ........ 7", "2 Performance bond ........ 9", "Words.")
    analysis = shipped.analyze_document(document, kind="rfp")
    explained = explainer.read(document, analysis.segments, analysis.report)
    units = {s.span: s.unit for segment in analysis.segments for s in segment.sentences}
    for one in explained.explain(Span(0, len(document.text))):
        assert bool(one.note) == (units[one.span] is Unit.CONTENTS)


def test_drafts_are_marked(tmp_path) -> None:
    answer = _zebra(tmp_path, rule(PATTERN), "A zebra grazes.")
    assert answer.outcome is Outcome.FLAGGED
    assert answer.is_draft


def test_every_part_of_the_shipped_rules_can_be_put_into_words(shipped: Analyzer) -> None:
    for one in shipped.rules.rules:
        for condition in [each.condition for each in one.patterns] + list(one.unless):
            for entry in (*condition.all, *condition.any, *condition.none):
                words = words_for(entry.expression, shipped.rules.vocabulary)
                assert words
                assert not set(words) & set("@|*\\^"), entry.expression.text
                assert all(parts for parts in alternatives_of(entry.expression, shipped.rules.vocabulary))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("void|rejected|struck|null", "void, rejected, struck or the like"),
        ("limit* of liability", "limit… of liability"),
        ("@vendor ..4 bond", "contractor … bond"),
        ("(best and final | final) offer", "best and final offer"),
        ("# percent", "a number percent"),
    ],
)
def test_phrases_in_words(text: str, words: str) -> None:
    from analyzer.phrases import Vocabulary

    vocabulary = Vocabulary({"vendor": ("contractor", "vendor")})
    assert words_for(parse_phrase(text, vocabulary), vocabulary) == words


def test_regexes_in_words() -> None:
    from analyzer.phrases import Vocabulary

    expression = parse_regex(r"\b(?:void|no (?:legal )?force|unenforceable)\b[^.;]{0,40}liabilit\w+")
    vocabulary = Vocabulary()
    assert words_for(expression, vocabulary).startswith("void")
    assert len(alternatives_of(expression, vocabulary)[0]) == 2
