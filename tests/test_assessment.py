"""Assessment: what becomes a finding, a near miss, an answer and a verdict, and what identifies a finding."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.assessment import Assessment, assess, fingerprint, verdict_of
from analyzer.classification import Prediction
from analyzer.classification.classifier import Neighbour
from analyzer.document import Document, NoteKind, ReadingNote, Span
from analyzer.findings import Answer, DetectedBy, Evidence, EvidenceKind, Finding, NearMiss, Record, Severity, Verdict
from analyzer.policy import Policy
from analyzer.records import Records, TrackRecord
from analyzer.rules import RuleSet
from analyzer.segmentation import segment
from tests.rule_folders import HEAD, QUESTION, document_of, matches_of, pattern, rule, rules_of, stable, unless

NO_POLICY = Policy()


def assessed(rules: RuleSet, document: Document, policy: Policy = NO_POLICY) -> Assessment:
    return assess(document, segment(document), matches_of(rules, document), rules, policy)


def named(title: str, words: str, *, subtype: str = "wild", severity: str = "high", tail: str = "") -> str:
    head = HEAD.replace("Zebra named", title).replace('"wild"', f'"{subtype}"').replace('"high"', f'"{severity}"')
    return stable(rule(pattern(f"any = {words}", name=title), head=head, tail=tail))


def test_a_finding_says_everything(tmp_path: Path) -> None:
    more = 'references = ["book-1"]\n'
    full = rule(more=more).replace("[[", 'fallback = "b"\nwalk_away = "c"\ngives_up = "d"\nprotection = "e"\n\n[[', 1)
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(full)})
    document = document_of("# 4. Animals", "No animal. A zebra grazes.")
    start = document.text.index("A zebra")
    result = assessed(rules, document)
    assert result.findings == (
        Finding(
            id=fingerprint("animals/zebra", "A zebra grazes."),
            rule="animals/zebra",
            category="animals",
            subtype="wild",
            severity=Severity.HIGH,
            score=0.8,
            span=Span(start, start + 15),
            text="A zebra grazes.",
            page=None,
            section="4 Animals",
            title="Zebra named",
            message="The text names a zebra.",
            why="Zebras are shy.",
            suggestion="Say [animal] instead.",
            fallback="b",
            walk_away="c",
            gives_up="d",
            protection="e",
            references=("book-1",),
            evidence=(Evidence(EvidenceKind.PATTERN, "a zebra", Span(start + 2, start + 7), "zebra"),),
        ),
    )
    assert (result.near_misses, result.verdict, result.reasons) == ((), Verdict.FAIL, ("1 high finding.",))


def test_rules_of_one_subtype_make_one_finding_of_a_sentence(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            "animals/a.toml": named("A", '["zebra"]', severity="medium"),
            "animals/b.toml": named("B", '["mane", "zebra"]', severity="high"),
            "animals/c.toml": named("C", '["zebra"]', subtype="tame"),
        },
    )
    findings = assessed(rules, document_of("A zebra.", "A zebra, its mane.")).findings
    assert [(f.rule, f.subtype, f.severity.value, f.text, len(f.evidence)) for f in findings] == [
        ("animals/c", "tame", "high", "A zebra.", 1),
        ("animals/b", "wild", "high", "A zebra.", 2),
        ("animals/c", "tame", "high", "A zebra, its mane.", 1),
        ("animals/b", "wild", "high", "A zebra, its mane.", 2),
    ]


def test_what_was_cleared_is_a_near_miss(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": rule(tail=unless('any = ["toy"]', name="is a toy"))})
    result = assessed(rules, document_of("# 2. Toys", "A toy zebra."))
    start = result.near_misses[0].span.start
    assert result == Assessment(
        (),
        (
            NearMiss(
                id=fingerprint("animals/zebra", "A toy zebra."),
                rule="animals/zebra",
                category="animals",
                subtype="wild",
                title="Zebra named",
                reason="is a toy",
                span=Span(start, start + 12),
                text="A toy zebra.",
                page=None,
                section="2 Toys",
                evidence=(
                    Evidence(EvidenceKind.PATTERN, "a zebra", Span(start + 6, start + 11), "zebra"),
                    Evidence(EvidenceKind.CLEARED, "is a toy", Span(start + 2, start + 5), "toy"),
                ),
            ),
        ),
        (),
        Verdict.PASS,
        (),
    )


def test_a_sentence_that_is_flagged_anyway_is_no_near_miss(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        {
            "animals/a.toml": named("A", '["zebra"]', tail=unless('any = ["toy"]')),
            "animals/b.toml": named("B", '["mane"]', subtype="tame"),
        },
    )
    result = assessed(rules, document_of("A toy zebra.", "A toy zebra with a mane."))
    assert [near.text for near in result.near_misses] == ["A toy zebra."]
    assert [finding.text for finding in result.findings] == ["A toy zebra with a mane."]


SAME = [
    "The Vendor shall keep a zebra.",
    "4.2 The Vendor shall keep a zebra.",
    "(a) the vendor SHALL keep a zebra",
    "12. The  Vendor shall\tkeep a “zebra”.",
]


def test_a_fingerprint_is_that_of_the_words() -> None:
    assert len({fingerprint("animals/zebra", text) for text in SAME}) == 1
    others = [("animals/lion", SAME[0]), ("animals/zebra", "The Vendor shall not keep a zebra.")]
    assert len({fingerprint(*other) for other in others} | {fingerprint("animals/zebra", SAME[0])}) == 3


WORDS = st.lists(st.sampled_from("zebra mane shall keep State 10 days".split()), min_size=1, max_size=8)


@given(WORDS, st.sampled_from(["", "4.2 ", "(a) ", "3) ", "• "]), st.sampled_from([" ", "  ", "\t"]), st.booleans())
def test_a_fingerprint_survives_numbers_spaces_and_case(
    words: list[str], number: str, space: str, is_upper: bool
) -> None:
    plain = " ".join(["The", *words])
    other = number + space.join(["The", *words])
    assert fingerprint("r", plain) == fingerprint("r", other.upper() if is_upper else other)


def test_fingerprints_stay_when_a_sentence_moves(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(rule())})
    before = assessed(rules, document_of("# 1. Animals", "A zebra grazes.", "A lion sleeps.", "Many zebras run."))
    after = assessed(rules, document_of("Many zebras run.", "Some text.", "# 9. Rest", "7.1 A ZEBRA grazes."))
    assert {finding.id for finding in before.findings} == {finding.id for finding in after.findings}


def test_twins_are_numbered(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(rule())})
    findings = assessed(rules, document_of("A zebra grazes.", "Text.", "A zebra grazes.", "A zebra grazes!")).findings
    identity = fingerprint("animals/zebra", "A zebra grazes.")
    assert [finding.id for finding in findings] == [identity, f"{identity}-2", f"{identity}-3"]


def verdict_words(result: Assessment) -> tuple[list[tuple[str, str]], str, tuple[str, ...]]:
    return [(f.rule, f.severity.value) for f in result.findings], result.verdict.value, result.reasons


POLICIES = [
    (Policy(), [("animals/a", "high"), ("animals/b", "medium")], "fail", ("1 high finding.",)),
    (Policy(off=frozenset({"animals/a"})), [("animals/b", "medium")], "pass", ()),
    (Policy(off=frozenset({"animals"})), [], "pass", ()),
    (
        Policy(severities={"animals/a": Severity.LOW}),
        [("animals/a", "low"), ("animals/b", "medium")],
        "pass",
        (),
    ),
    (
        Policy(severities={"animals/tame": Severity.HIGH}),
        [("animals/a", "high"), ("animals/b", "high")],
        "fail",
        ("2 high findings.",),
    ),
    (
        Policy(fail_on=Severity.LOW, severities={"animals/wild": Severity.LOW, "animals/a": Severity.MEDIUM}),
        [("animals/a", "medium"), ("animals/b", "medium")],
        "fail",
        ("2 medium findings.",),
    ),
    (
        Policy(fail_on=Severity.LOW, severities={"animals/wild": Severity.LOW}),
        [("animals/a", "low"), ("animals/b", "medium")],
        "fail",
        ("1 medium finding.", "1 low finding."),
    ),
]


@pytest.mark.parametrize(("policy", "findings", "verdict", "reasons"), POLICIES)
def test_policies(
    policy: Policy, findings: list[tuple[str, str]], verdict: str, reasons: tuple[str, ...], tmp_path: Path
) -> None:
    rules = rules_of(
        tmp_path,
        {
            "animals/a.toml": named("A", '["zebra"]'),
            "animals/b.toml": named("B", '["dog"]', subtype="tame", severity="medium"),
        },
    )
    assert verdict_words(assessed(rules, document_of("A zebra.", "A dog."), policy)) == (findings, verdict, reasons)


def test_what_was_not_read_comes_before_everything_else(tmp_path: Path) -> None:
    unread = ReadingNote(NoteKind.PAGE_WITHOUT_TEXT, "Page 2 was not read.", (2,), is_unread=True)
    read = ReadingNote(NoteKind.COMMENTS, "There is a comment.")
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(rule())})
    clean, flagged = document_of("A lion."), document_of("A zebra.")
    results = [
        assessed(rules, replace(document, notes=notes))
        for document, notes in [(clean, (read, unread)), (flagged, (unread,)), (clean, (read,))]
    ]
    assert [(result.verdict.value, result.reasons) for result in results] == [
        ("cannot-evaluate", ("Page 2 was not read.",)),
        ("cannot-evaluate", ("Page 2 was not read.", "1 high finding.")),
        ("pass", ()),
    ]
    assert verdict_of(replace(clean, notes=(unread,)), (), Policy())[0] is Verdict.CANNOT_EVALUATE


YES = '[[yes]]\nname = "named"\nany = ["gardener"]\n'
TWICE = '[[yes]]\nname = "named"\nat_least = 2\nany = ["gardener"]\n'
NO = '[[no]]\nname = "none"\nany = ["weeds"]\n'
UNCLEAR = '[[unclear]]\nname = "open"\nany = ["perhaps"]\n'
DECISIONS = [
    (YES, ["Our gardener is Ida."], ("yes", "Our gardener is Ida.")),
    (YES, ["Nobody."], ("no", "")),
    ('default = "unclear"\n' + YES, ["Nobody."], ("unclear", "")),
    (YES + NO, ["Many weeds."], ("no", "Many weeds.")),
    (YES + NO, ["A gardener.", "Many weeds."], ("yes", "A gardener.")),
    ('both = "no"\n' + YES + NO, ["A gardener.", "Many weeds."], ("no", "Many weeds.")),
    ('both = "unclear"\n' + YES + NO, ["A gardener.", "Many weeds."], ("unclear", "A gardener.")),
    (
        'both = "unclear"\n' + YES + NO + UNCLEAR,
        ["A gardener.", "Weeds.", "Well, perhaps."],
        ("unclear", "Well, perhaps."),
    ),
    (YES + UNCLEAR, ["Well, perhaps."], ("unclear", "Well, perhaps.")),
    (YES + UNCLEAR, ["Well, perhaps.", "A gardener."], ("yes", "A gardener.")),
    (TWICE, ["A gardener."], ("no", "")),
    (TWICE, ["A gardener.", "The gardener."], ("yes", "A gardener.")),
    (YES + unless('any = ["former"]'), ["A former gardener."], ("no", "")),
    ('yes_findings = ["animals"]\n', ["A zebra."], ("yes", "A zebra.")),
    ('yes_findings = ["animals/wild"]\n', ["A zebra."], ("yes", "A zebra.")),
    ('yes_findings = ["animals/zebra"]\n', ["A zebra."], ("yes", "A zebra.")),
    ('yes_findings = ["animals/tame"]\n', ["A zebra."], ("no", "")),
    ('default = "yes"\nno_findings = ["animals"]\n', ["A zebra."], ("no", "A zebra.")),
    ('unclear_findings = ["animals"]\n', ["A zebra."], ("unclear", "A zebra.")),
]


@pytest.mark.parametrize(("body", "lines", "expected"), DECISIONS)
def test_answers_of_the_checklist(body: str, lines: list[str], expected: tuple[str, str], tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(rule()), "checklist/gardener.toml": QUESTION + body})
    document = document_of("# 3. Garden", *lines)
    answer = assessed(rules, document).checklist[0]
    assert (answer.answer.value, answer.text) == expected
    assert (answer.span is None) is (answer.text == "")
    assert answer.section == ("3 Garden" if answer.span else "")
    if answer.span:
        assert document[answer.span] == answer.text
    assert (answer.id, answer.title, answer.question, answer.wanted, answer.looked_for) == (
        "gardener",
        "Gardener",
        "Is a gardener named?",
        Answer.YES,
        "A gardener by name.",
    )


def test_the_surest_sentence_shows_an_answer(tmp_path: Path) -> None:
    body = '[[yes]]\nname = "weak"\nscore = 0.5\nany = ["gardener"]\n'
    body += '[[yes]]\nname = "strong"\nscore = 0.9\nany = ["gardener is"]\n'
    rules = rules_of(tmp_path, {"animals/zebra.toml": stable(rule()), "checklist/gardener.toml": QUESTION + body})
    answers = assessed(rules, document_of("A gardener.", "The gardener is Ida.", "Another gardener is Bo.")).checklist
    assert [answer.text for answer in answers] == ["The gardener is Ida."]


def test_a_draft_is_shown_and_fails_nothing(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": rule(), "checklist/gardener.toml": QUESTION + ZEBRAS_SAY_YES})
    result = assessed(rules, document_of("A zebra."))
    assert [(finding.severity, finding.is_draft) for finding in result.findings] == [(Severity.HIGH, True)]
    assert (result.verdict, result.reasons) == (Verdict.PASS, ())
    assert result.checklist[0].answer is Answer.NO


ZEBRAS_SAY_YES = 'yes_findings = ["animals"]\n'
LINES = ("A zebra grazes.", "A lion sleeps.", "Nobody is there.")


def said(document: Document, text: str, *, category: str = "animals", **more: object) -> Prediction:
    """What the model says of a sentence of the document: flagged with 0.9 where nothing else is named."""
    clauses = enumerate(segment(document))
    number, sentence = next((n, s) for n, clause in clauses for s in clause.sentences if document[s.span] == text)
    usual = {"subtype": "", "severity": "", "probability": 0.9, "is_flagged": True}
    return Prediction(number, sentence, category, **(usual | more))  # type: ignore[arg-type]


def weighed(
    rules: RuleSet,
    document: Document,
    *predictions: Prediction,
    policy: Policy = NO_POLICY,
    records: Records | None = None,
) -> Assessment:
    matches = matches_of(rules, document)
    return assess(document, segment(document), matches, rules, policy, predictions=predictions, records=records)


@pytest.fixture
def two_rules(tmp_path: Path) -> RuleSet:
    """A rule for zebras, which are wild, and one for dogs, which are tame."""
    tame = named("Dog named", '["dog"]', subtype="tame", severity="medium")
    return rules_of(tmp_path, {"animals/zebra.toml": named("Zebra named", '["zebra*"]'), "animals/dog.toml": tame})


def test_no_predictions_is_not_the_same_as_no_model(two_rules: RuleSet) -> None:
    document = document_of(*LINES)
    without, silent = assessed(two_rules, document), weighed(two_rules, document)
    assert [(f.text, f.detected_by) for f in without.findings] == [(LINES[0], DetectedBy.RULES)]
    # The model doesn't know the category: the rule speaks alone, as without a model.
    assert silent == without


def test_what_both_say_is_one_finding(two_rules: RuleSet) -> None:
    document = document_of(*LINES)
    (usual,) = assessed(two_rules, document).findings
    (finding,) = weighed(two_rules, document, said(document, LINES[0])).findings
    assert finding.detected_by is DetectedBy.BOTH
    assert (finding.id, finding.rule, finding.severity) == (usual.id, usual.rule, usual.severity)
    assert set(usual.evidence) < set(finding.evidence)


def test_what_the_model_doubts_is_a_near_miss(two_rules: RuleSet) -> None:
    document = document_of(*LINES)
    result = weighed(two_rules, document, said(document, LINES[0], probability=0.07, is_flagged=False))
    assert (result.findings, result.verdict) == ((), Verdict.PASS)
    (near,) = result.near_misses
    assert (near.text, near.rule, near.reason) == (
        LINES[0],
        "animals/zebra",
        "the trained model finds it unlikely (7%)",
    )


def test_what_the_model_finds_alone(two_rules: RuleSet) -> None:
    document = document_of(*LINES)
    place = document.text.index("lion")
    neighbour = Neighbour("A tiger sleeps.", "animals/wild", 0.51)
    flagged = said(document, LINES[1], subtype="wild", words=(Span(place, place + 4),), neighbours=(neighbour,))
    records = Records({"model/animals": TrackRecord(3, 4, 2)})
    result = weighed(two_rules, document, flagged, records=records)
    finding = result.findings[1]
    assert (finding.text, finding.detected_by, finding.score) == (LINES[1], DetectedBy.MODEL, 0.9)
    assert (finding.rule, finding.message) == ("animals/zebra", "The text names a zebra.")
    assert finding.record == Record(3, 4, 2, "model/animals")
    assert [(item.kind, item.name, item.text) for item in finding.evidence] == [
        (EvidenceKind.WEIGHT, "weighed most", "lion"),
        (EvidenceKind.SAMPLE, "animals/wild", "A tiger sleeps."),
    ]
    assert "51" in finding.evidence[1].value
    assert all(finding.span.contains(item.span) for item in finding.evidence)
    assert (result.verdict, result.reasons) == (Verdict.FAIL, ("2 high findings.",))


def test_a_model_finding_without_telling_words_shows_the_sentence(two_rules: RuleSet) -> None:
    document = document_of(*LINES)
    finding = weighed(two_rules, document, said(document, LINES[1])).findings[1]
    assert [(item.span, item.text) for item in finding.evidence] == [(finding.span, LINES[1])]


EXPLAINED = [
    ("wild", Policy(), "animals/zebra"),
    ("tame", Policy(), "animals/dog"),
    ("tame", Policy(off=frozenset({"animals/dog"})), "animals/zebra"),
    ("tame", Policy(off=frozenset({"animals"})), None),
]


@pytest.mark.parametrize(("subtype", "policy", "expected"), EXPLAINED)
def test_a_rule_explains_what_the_model_finds(
    subtype: str, policy: Policy, expected: str | None, two_rules: RuleSet
) -> None:
    document = document_of(*LINES[1:])
    findings = weighed(two_rules, document, said(document, LINES[1], subtype=subtype), policy=policy).findings
    assert [finding.rule for finding in findings] == ([expected] if expected else [])


def test_a_policy_sets_how_severe_what_the_model_finds_is(two_rules: RuleSet) -> None:
    document = document_of(*LINES[1:])
    policy = Policy(severities={"animals/wild": Severity.LOW})
    result = weighed(two_rules, document, said(document, LINES[1], subtype="wild"), policy=policy)
    assert [finding.severity for finding in result.findings] == [Severity.LOW]
    assert result.verdict is Verdict.PASS


def test_a_category_that_no_rule_explains_is_left_out(two_rules: RuleSet) -> None:
    document = document_of(*LINES[1:])
    assert weighed(two_rules, document, said(document, LINES[1], category="plants")).findings == ()


def test_what_the_model_does_not_flag_is_nothing(two_rules: RuleSet) -> None:
    document = document_of(*LINES[1:])
    result = weighed(two_rules, document, said(document, LINES[1], is_flagged=False))
    assert (result.findings, result.near_misses) == ((), ())


def test_a_draft_does_not_stand_in_for_the_model(tmp_path: Path) -> None:
    dog = named("Dog named", '["dog"]', subtype="tame")
    rules = rules_of(tmp_path, {"animals/zebra.toml": rule(), "animals/dog.toml": dog})
    document = document_of(*LINES)
    result = weighed(rules, document, said(document, LINES[0]))
    assert {(finding.text, finding.is_draft) for finding in result.findings} == {(LINES[0], True), (LINES[0], False)}
    assert result.verdict is Verdict.FAIL


@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(["wild", "tame", ""]), st.floats(0, 1), st.booleans()))
)
def test_findings_and_near_misses_never_overlap(
    rules_of_zebras: RuleSet, given_predictions: list[tuple[str, str, float, bool]]
) -> None:
    document = document_of(*LINES)
    predictions = [
        said(document, text, subtype=subtype, probability=probability, is_flagged=is_flagged)
        for text, subtype, probability, is_flagged in given_predictions
    ]
    result = weighed(rules_of_zebras, document, *predictions)
    flagged = {(finding.span, finding.category) for finding in result.findings}
    assert flagged.isdisjoint((near.span, near.category) for near in result.near_misses)
    assert len({finding.id for finding in result.findings}) == len(result.findings)
    assert [finding.span for finding in result.findings] == sorted(finding.span for finding in result.findings)
    assert LINES[0] in {item.text for item in (*result.findings, *result.near_misses)}


@pytest.fixture(scope="module")
def rules_of_zebras(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    return rules_of(tmp_path_factory.mktemp("rules"), {"animals/zebra.toml": named("Zebra named", '["zebra*"]')})
