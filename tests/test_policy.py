"""Policies: what files may say, how they build on each other, what they weigh, and how they are shown."""

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.assessment import Assessment, assess
from analyzer.classification import Prediction
from analyzer.cli import main
from analyzer.document import Sentence, Source, Span, Unit
from analyzer.engine import Analyzer
from analyzer.errors import PolicyError
from analyzer.findings import Answer, DetectedBy, Evidence, EvidenceKind, Finding, Match, Severity
from analyzer.parsing import parse
from analyzer.policy import (
    DEFAULT_POLICY,
    Demands,
    Limits,
    Policy,
    WaiverTerms,
    check_policy,
    find_policy,
    load_policy,
    shipped_policies,
    within_limit,
)
from analyzer.policy.reading import FIELDS, TABLES
from analyzer.rendering.policies import policy_json, policy_text, policy_toml
from analyzer.resources import patterns_folder, samples_folder
from analyzer.rulefiles import load_rules
from analyzer.rules import RuleSet
from analyzer.segmentation import document_kind, parties, segment
from tests.rule_folders import (
    HEAD,
    QUESTION,
    document_of,
    matches_of,
    pattern,
    rule,
    rules_of,
    stable,
    write_folder,
)

DOCS = Path(__file__).parent.parent / "docs"
FULL = """
name = "ours"
title = "What our agency accepts"
extends = "virginia"
jurisdiction = "Utopia"
fail_on = "medium"
off = ["waterfall", "vendor-burden/attendance"]
required = ["roles", "contact"]
kinds = ["rfp", "terms"]

[severities]
"performance-bond/bid-security" = "high"
vendor-burden = "medium"

[limits]
bond_percent = 10
copies = 3
days_to_respond = 30
liability_cap_multiple = 1.5
years_of_experience = 5

[demands]
no_comments = false

[waivers]
most_days = 365
must_cite = true

[references]
"prescriptive-spec/brand" = ["far-11.105", "nascio-naspo-2017"]

[wording]
"number" = "30"
"State agency" = "the Department"
"""


@pytest.fixture(scope="session")
def shipped() -> RuleSet:
    return load_rules(patterns_folder())


def policy_of(folder: Path, text: str, name: str = "policy.toml") -> Policy:
    write_folder(folder, {name: text})
    return load_policy(folder / name)


# What files say


def test_a_file_may_say_everything(tmp_path: Path, shipped: RuleSet) -> None:
    policy = policy_of(tmp_path, FULL)
    check_policy(policy, shipped)
    assert policy == Policy(
        name="ours",
        title="What our agency accepts",
        extends=("virginia", "nascio"),
        jurisdiction="Utopia",
        fail_on=Severity.MEDIUM,
        off=frozenset({"waterfall", "vendor-burden/attendance"}),
        required=("contact", "roles"),
        kinds=frozenset({"rfp", "terms"}),
        severities={"performance-bond/bid-security": Severity.HIGH, "vendor-burden": Severity.MEDIUM},
        limits=Limits(1.5, 10, 5, 3, 30),
        demands=Demands(no_comments=False),
        waivers=WaiverTerms(most_days=365, must_cite=True),
        references={
            "unlimited-liability": ("va-2.2-2012.1",),
            "performance-bond": ("nascio-2016-3", "va-2.2-4339"),
            "prescriptive-spec/brand": ("far-11.105", "nascio-naspo-2017"),
        },
        wording={"number": "30", "State agency": "the Department"},
    )


def test_an_empty_file_is_the_default_under_its_own_name(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, "", "bare.toml")
    assert policy == Policy(name="bare")
    assert policy.identity.split("@")[1] == Policy().identity.split("@")[1]


def test_every_field_can_be_written() -> None:
    written = set(FIELDS) - {"on"}
    assert written == {item.name for item in fields(Policy)} - {"origins"}
    for name, kind in {"limits": Limits, "demands": Demands, "waivers": WaiverTerms}.items():
        assert list(TABLES[name]) == [item.name for item in fields(kind)]


MISTAKES = [
    ("fale_on = 'high'", "fale_on: is not a known field.", "Did you mean 'fail_on'?"),
    ("[limits]\ncopeis = 3", "limits.copeis: is not a known field.", "Did you mean 'copies'?"),
    ("[demands]\nno_images = true", "demands.no_images: is not a known field.", "Use one of: no_comments,"),
    ("[waivers]\nmust_site = true", "waivers.must_site: is not a known field.", "'must_cite'"),
    ("fail_on = 'severe'", "fail_on: is 'severe', which is not a severity.", "Use one of: low, medium, high."),
    ("fail_on = 3", "fail_on: is 3, which is not a severity.", "Use one of"),
    ("[severities]\nwaterfall = 'off'", "severities.waterfall: is 'off', which is not a severity.", "Use one of"),
    ("severities = 'high'", "severities: must be a table, is 'high'.", "[severities]"),
    ("limits = 3", "limits: must be a table, is 3.", "[limits]"),
    ("off = 'waterfall'", "off: must be a list of texts, is 'waterfall'.", "["),
    ("off = [1]", "off: must be a text, is 1.", "quotation marks"),
    ("name = ''", "name: is empty.", "leave the field out"),
    ("name = 'a@b'", "name: holds an @", "Take it out."),
    ('title = "a\\u001bb"', "title: holds characters that can't be shown.", "Take them out."),
    ("kinds = ['rfq']", "kinds: 'rfq' is not a kind of document.", "Did you mean 'rfp'?"),
    ("[limits]\ncopies = -1", "limits.copies: is -1, can't be below 0.", "Leave the field out"),
    ("[limits]\nbond_percent = -0.5", "limits.bond_percent: is -0.5, can't be below 0.", "Leave the field out"),
    ("[limits]\nbond_percent = inf", "limits.bond_percent: must be a number that can be reached.", "Leave"),
    ("[limits]\nbond_percent = nan", "limits.bond_percent: must be a number that can be reached.", "Leave"),
    ("[limits]\nbond_percent = 1" + 400 * "0", "limits.bond_percent: must be a number that can be reached.", "Leave"),
    ("[limits]\nbond_percent = true", "limits.bond_percent: must be a number, is True.", "without quotes"),
    ("[limits]\nbond_percent = '10'", "limits.bond_percent: must be a number, is '10'.", "without quotes"),
    ("[limits]\ncopies = 2.5", "limits.copies: must be a whole number, is 2.5.", "without quotes"),
    ("[waivers]\nmost_days = -3", "waivers.most_days: is -3, can't be below 0.", "Leave"),
    ("[demands]\nno_comments = 'no'", "demands.no_comments: must be true or false, is 'no'.", "without quotes"),
    ("[references]\nwaterfall = 'far-39.103'", "references.waterfall: must be a list of texts", '["...", "..."]'),
    ("[wording]\n'[number]' = '3'", "wording.[number]: a blank is named without its brackets.", "Write 'number'."),
    ("on = ['waterfall']", "on: 'waterfall' is not switched off by what this policy extends.", "Take it out."),
    ("off = ['waterfall']\non = ['waterfall']", "on: 'waterfall' also stands in off.", "one of the two"),
    ("fail_on = ", "is not valid TOML: ", "Correct the file."),
    ("fail_on = 'low'\nfail_on = 'high'", "is not valid TOML: ", "Correct the file."),
    ("a = " + 5000 * "[", "is not valid TOML: ", "Correct the file."),
    ("extends = 'virgina'", "extends: 'virgina' is neither a shipped policy nor a file", "Did you mean 'virginia'?"),
    ("extends = 'policy.toml'", "extends: 'policy.toml' extends this policy in turn.", "Break the circle."),
]


@pytest.mark.parametrize(("text", "reason", "remedy"), MISTAKES)
def test_a_mistake_names_file_field_and_remedy(text: str, reason: str, remedy: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of(tmp_path, text)
    error = caught.value
    assert error.name == str(tmp_path / "policy.toml")
    assert error.cause.startswith(reason)
    assert remedy in error.remedy
    assert str(error).isprintable()


UNKNOWN = [
    ("off = ['waterfal']", "off: 'waterfal' is not a rule or category.", "Did you mean 'waterfall'?"),
    (
        "[severities]\n'performance-bond/bid' = 'low'",
        "severities: 'performance-bond/bid' is not a rule,",
        "-security'?",
    ),
    ("required = ['liability-caps']", "required: 'liability-caps' is not a question", "Did you mean 'liability-cap'?"),
    ("[references]\nbonds = ['nascio-2016-3']", "references: 'bonds' is not a category", "Use one of: "),
    ("[references]\nwaterfall = ['far-39.104']", "references.waterfall: 'far-39.104' is not a ref", "'far-39.103'?"),
]


@pytest.mark.parametrize(("text", "reason", "remedy"), UNKNOWN)
def test_an_unknown_id_names_the_file_that_says_it(
    text: str, reason: str, remedy: str, tmp_path: Path, shipped: RuleSet
) -> None:
    write_folder(tmp_path, {"base.toml": text})
    policy = policy_of(tmp_path, "extends = 'base.toml'")
    with pytest.raises(PolicyError) as caught:
        check_policy(policy, shipped)
    assert caught.value.name == str(tmp_path / "base.toml")
    assert caught.value.cause.startswith(reason)
    assert remedy in caught.value.remedy


def test_a_policy_made_in_code_is_checked_by_the_analyzer() -> None:
    with pytest.raises(
        PolicyError, match=r"^mine: off: 'waterfal' is not a rule or category\. Did you mean 'waterfall'"
    ):
        Analyzer(policy=Policy(name="mine", off=frozenset({"waterfal"})), model=None)


def test_conflicts_between_documents_may_be_named(tmp_path: Path, shipped: RuleSet) -> None:
    names = "off = ['conflict/different-caps', 'conflict/under-protection']\n[severities]\nconflict = 'low'"
    check_policy(policy_of(tmp_path, names), shipped)
    with pytest.raises(PolicyError, match="Did you mean 'conflict/different-caps'"):
        check_policy(policy_of(tmp_path, "off = ['conflict/different-cap']"), shipped)


def test_an_unchecked_authority_can_not_be_cited(tmp_path: Path) -> None:
    rules = rules_of(tmp_path / "rules", {"animals/zebra.toml": rule()})
    policy = policy_of(tmp_path, "[references]\nanimals = ['book-1', 'book-2']")
    with pytest.raises(PolicyError, match="'book-2' was not checked against its text"):
        check_policy(policy, rules)


def test_rules_of_ones_own_may_be_named(tmp_path: Path) -> None:
    own = write_folder(tmp_path / "own", {"waterfall/zebra.toml": rule(head=HEAD.replace('"animals"', '"waterfall"'))})
    text = (own / "waterfall/zebra.toml").read_text("utf-8").replace('subtype = "wild"\n', "")
    write_folder(own, {"waterfall/zebra.toml": text})
    policy = policy_of(tmp_path, "[severities]\n'waterfall/zebra' = 'low'")
    assert Analyzer(rules=(own,), policy=policy, model=None).policy is policy
    with pytest.raises(PolicyError, match="'waterfall/zebra' is not a rule"):
        Analyzer(policy=policy, model=None)


# Files


def test_a_policy_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, reason in {
        "virgina": "virgina: is neither a shipped policy nor a file. Did you mean 'virginia'?",
        "missing.toml": "missing.toml: can't be read: No such file or directory.",
        ".": "is not a file.",
        300 * "x" + ".toml": "can't be read: File name too long.",
    }.items():
        with pytest.raises(PolicyError, match=re.escape(reason)):
            load_policy(name)


def test_files_that_hold_no_policy(tmp_path: Path) -> None:
    (tmp_path / "word.toml").write_bytes(b"PK\x03\x04\xff\xfe")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    os.mkfifo(tmp_path / "pipe.toml")
    for name, reason in {
        "word": "not written in UTF-8",
        "large": "too large for a policy",
        "pipe": "not a file",
    }.items():
        with pytest.raises(PolicyError, match=reason):
            load_policy(tmp_path / f"{name}.toml")


def test_a_file_as_editors_on_windows_save_it(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(b'\xef\xbb\xbffail_on = "low"\r\noff = ["waterfall"]\r\n')
    policy = load_policy(tmp_path / "policy.toml")
    assert (policy.fail_on, policy.off) == (Severity.LOW, frozenset({"waterfall"}))


def test_a_shipped_name_comes_before_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(tmp_path, {"nascio": 'fail_on = "low"', "ours": 'fail_on = "low"'})
    assert [load_policy(name).fail_on for name in ("nascio", "ours")] == [Severity.HIGH, Severity.LOW]


def test_the_nearest_policy_above_is_found(tmp_path: Path) -> None:
    write_folder(tmp_path, {"policy.toml": "", "a/b/c.txt": "", "a/d/policy.toml": ""})
    found = {name: find_policy(tmp_path / name) for name in ("a/b/c.txt", "a/b", "a/d", "a/missing/file.txt")}
    above, near = tmp_path / "policy.toml", tmp_path / "a/d/policy.toml"
    assert found == {"a/b/c.txt": above, "a/b": above, "a/d": near, "a/missing/file.txt": above}
    assert find_policy(tmp_path.parent) != above


def test_a_broken_link_is_found_and_not_passed_over(tmp_path: Path) -> None:
    write_folder(tmp_path, {"policy.toml": "", "a/b.txt": ""})
    for target in ("nowhere.toml", "policy.toml"):  # the second leads to itself
        link = tmp_path / "a/policy.toml"
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        assert find_policy(tmp_path / "a") == link
        with pytest.raises(PolicyError, match="can't be read"):
            load_policy(link)


# One policy on another


def test_a_chain_is_merged(tmp_path: Path) -> None:
    write_folder(
        tmp_path,
        {
            "state.toml": "extends = 'virginia'\nfail_on = 'low'\noff = ['waterfall', 'vendor-burden']\n"
            "required = ['roles']\n[severities]\nwaterfall = 'low'\nno-negotiation = 'low'\n[limits]\ncopies = 2",
            "near/agency.toml": "extends = '../state.toml'\noff = ['no-negotiation']\non = ['waterfall']\n"
            "required = ['contact']\n[severities]\nwaterfall = 'high'\n[demands]\nno_comments = false",
        },
    )
    policy = load_policy(tmp_path / "near/agency.toml")
    assert (policy.name, policy.extends) == ("agency", ("state", "virginia", "nascio"))
    assert (policy.fail_on, policy.required, policy.jurisdiction) == (Severity.LOW, ("contact",), "Virginia")
    assert policy.off == {"vendor-burden", "no-negotiation"}
    assert policy.severities == {"waterfall": Severity.HIGH, "no-negotiation": Severity.LOW}
    assert policy.limits == Limits(liability_cap_multiple=2.0, copies=2)
    assert policy.demands == Demands(no_comments=False)


def test_where_each_value_came_from(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, FULL)
    own = str(tmp_path / "policy.toml")
    origins = policy.origins
    assert (origins["fail_on"], origins["limits.copies"], origins["off.waterfall"]) == (own, own, own)
    assert (origins["references.unlimited-liability"], origins["demands.no_revisions"]) == ("virginia", "nascio")
    assert "waivers.nothing" not in origins


def test_a_rule_of_a_category_that_is_off_can_not_be_switched_on_alone(tmp_path: Path) -> None:
    write_folder(tmp_path, {"base.toml": "off = ['vendor-burden']"})
    with pytest.raises(PolicyError, match="The whole category 'vendor-burden' is"):
        policy_of(tmp_path, "extends = 'base.toml'\non = ['vendor-burden/attendance']")


def test_a_circle_of_files_is_refused(tmp_path: Path) -> None:
    names = [f"p{number}.toml" for number in range(30)]
    write_folder(tmp_path, {name: f"extends = './{names[(n + 1) % 30]}'" for n, name in enumerate(names)})
    with pytest.raises(PolicyError, match="extends this policy in turn"):
        load_policy(tmp_path / "p7.toml")


def test_a_long_chain_is_followed(tmp_path: Path) -> None:
    write_folder(tmp_path, {f"p{n}.toml": f"extends = 'p{n + 1}.toml'\n[limits]\ncopies = {n}" for n in range(1200)})
    write_folder(tmp_path, {"p1200.toml": "fail_on = 'low'"})
    policy = load_policy(tmp_path / "p0.toml")
    assert (policy.limits.copies, policy.fail_on, len(policy.extends)) == (0, Severity.LOW, 1200)


# What identifies a policy


def hash_of(policy: Policy) -> str:
    return policy.identity.split("@")[1]


def test_the_hash_does_not_depend_on_how_files_are_written(tmp_path: Path) -> None:
    whole = policy_of(tmp_path, FULL.replace('extends = "virginia"\n', 'extends = "iowa"\n'), "whole.toml")
    head, *tables = FULL.replace('extends = "virginia"\n', "").split("\n[")
    turned = "\n".join(reversed([line for line in head.splitlines() if line]))
    shuffled = "\n\n# a remark\n[".join([f"extends = 'iowa'\n{turned}", *reversed(tables)]).replace(" = ", "   =  ")
    assert hash_of(policy_of(tmp_path, shuffled, "shuffled.toml")) == hash_of(whole)
    top, *rest = FULL.replace('extends = "virginia"\n', "").split("\n[limits]")
    write_folder(tmp_path, {"lower.toml": f"extends = 'iowa'\n{top}\n[limits]\ncopies = 99"})
    upper = policy_of(
        tmp_path, "name = 'ours'\nextends = 'lower.toml'\n[limits]" + "\n[limits]".join(rest), "upper.toml"
    )
    assert upper.identity == whole.identity
    assert upper.extends != whole.extends


CHANGES = [
    {"jurisdiction": "Iowa"},
    {"fail_on": Severity.LOW},
    {"off": frozenset({"waterfall"})},
    {"severities": {"waterfall": Severity.LOW}},
    {"severities": {"waterfall": Severity.HIGH}},
    {"required": ("roles",)},
    *({"limits": Limits(**{item.name: 7})} for item in fields(Limits)),
    {"limits": Limits(copies=0)},
    *({"demands": Demands(**{item.name: False})} for item in fields(Demands)),
    {"kinds": frozenset({"rfp"})},
    {"waivers": WaiverTerms(fail_on_unused=True)},
    {"waivers": WaiverTerms(fail_on_expired=False)},
    {"waivers": WaiverTerms(most_days=1)},
    {"waivers": WaiverTerms(must_cite=True)},
    {"references": {"waterfall": ("far-39.103", "usds-playbook")}},
    {"references": {"waterfall": ("usds-playbook", "far-39.103")}},
    {"wording": {"number": "3"}},
]


def test_every_field_that_counts_changes_the_hash() -> None:
    hashes = [hash_of(Policy()), *(hash_of(replace(Policy(), **change)) for change in CHANGES)]  # type: ignore[arg-type]
    assert len(hashes) == len(set(hashes))
    assert {name for change in CHANGES for name in change} == {item.name for item in fields(Policy)} - {
        "name",
        "title",
        "extends",
        "origins",
    }


def test_what_says_the_same_has_the_same_hash() -> None:
    same = [
        Policy(name="other", title="Another", extends=("nascio",), origins={"fail_on": "x"}),
        Policy(references={"waterfall": ()}),
    ]
    assert {hash_of(policy) for policy in same} == {hash_of(Policy())}
    assert hash_of(Policy(limits=Limits(bond_percent=10))) == hash_of(Policy(limits=Limits(bond_percent=10.0)))
    in_other_order = [Policy(required=names) for names in (("roles", "contact"), ("contact", "roles"))]
    assert len({hash_of(policy) for policy in in_other_order}) == 1
    within = Policy(off=frozenset({"waterfall", "waterfall/waterfall"}))
    assert hash_of(within) == hash_of(Policy(off=frozenset({"waterfall"})))


def test_the_hash_is_the_same_under_any_hash_seed(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, FULL)
    code = "import sys; from analyzer.policy import load_policy; print(load_policy(sys.argv[1]).identity)"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "policy.toml")],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert done.stdout.strip() == policy.identity


# What ships


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_holds(name: str, shipped: RuleSet) -> None:
    policy = load_policy(name)
    check_policy(policy, shipped)
    assert policy.name == name
    assert policy.title
    assert policy.extends == (() if name == DEFAULT_POLICY else (DEFAULT_POLICY,))
    # An overlay weighs; what is found and read stays the same.
    assert (policy.off, policy.kinds, policy.demands) == (frozenset(), frozenset(), Demands())


@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_says_why(name: str) -> None:
    text = (patterns_folder() / f"policies/{name}.toml").read_text("utf-8")
    bare = [part for part in re.split(r"\n\n+", text) if not part.startswith("name =") and "#" not in part]
    assert bare == [], "a setting without a comment"


def test_the_default_policy_is_the_shipped_one() -> None:
    assert load_policy(DEFAULT_POLICY) == Policy(title=load_policy(DEFAULT_POLICY).title)
    assert load_policy(DEFAULT_POLICY).identity == Policy().identity
    assert Analyzer(model=None).policy == load_policy(DEFAULT_POLICY)


def test_shipped_policies_are_told_apart() -> None:
    loaded = [load_policy(name) for name in shipped_policies()]
    assert len({hash_of(policy) for policy in loaded}) == len(loaded)


def test_a_jurisdiction_cites_its_own_authority(shipped: RuleSet) -> None:
    for name in shipped_policies():
        policy = load_policy(name)
        if policy.jurisdiction in {"US", "US federal"}:
            continue
        cited = {item for names in policy.references.values() for item in names}
        own = {item for item in cited if shipped.references[item].jurisdiction == policy.jurisdiction}
        assert own, name
        assert all(item.startswith("nascio") for item in cited - own), name
        settings = (patterns_folder() / f"policies/{name}.toml").read_text("utf-8")
        known = {item.id for item in shipped.references.values() if item.jurisdiction == policy.jurisdiction}
        assert known <= set(re.findall(r"[\w.-]+", settings)), f"{name} leaves out authority that it has"


def test_the_docs_tell_of_every_policy_field_and_authority(shipped: RuleSet) -> None:
    page = (DOCS / "policies.md").read_text("utf-8")
    names = [*shipped_policies(), *FIELDS, *(key for table in TABLES.values() for key in table)]
    assert [name for name in names if f"`{name}`" not in page] == []
    cited = {item for name in shipped_policies() for names in load_policy(name).references.values() for item in names}
    for item in sorted(cited):
        reference = shipped.references[item]
        assert reference.cite in page, item
        assert f"{reference.verified.day} {reference.verified:%B %Y}" in page, item


def test_the_examples_of_the_docs_load(tmp_path: Path, shipped: RuleSet) -> None:
    examples = re.findall(r"```toml\n(.*?)```", (DOCS / "policies.md").read_text("utf-8"), re.DOTALL)
    assert examples
    for number, example in enumerate(examples):
        write_folder(tmp_path, {"central.toml": "off = ['waterfall']"})
        check_policy(policy_of(tmp_path, example, f"{number}.toml"), shipped)


# What they weigh

SAMPLES = sorted(
    path
    for path in (samples_folder() / "documents").iterdir()
    if path.suffix in {".md", ".docx", ".pdf"} and "scanned" not in path.name
)


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    return Analyzer(model=None)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_an_overlay_changes_the_weight_of_findings_and_not_the_findings(path: Path, analyzer: Analyzer) -> None:
    document = parse(Source(path.name, path.read_bytes()))
    clauses = segment(document)
    kind = document_kind(document, clauses)
    matches = analyzer.matcher(document, clauses, parties=parties(document), kind=kind)

    def found(policy: Policy) -> list[tuple[str, str, Span]]:
        result = assess(document, clauses, matches, analyzer.rules, policy)
        return [(finding.id, finding.rule, finding.span) for finding in result.findings]

    default = found(Policy())
    assert [name for name in shipped_policies() if found(load_policy(name)) != default] == []


def assessed(rules: RuleSet, policy: Policy, *lines: str) -> Assessment:
    document = document_of(*lines)
    return assess(document, segment(document), matches_of(rules, document), rules, policy)


def named(words: str, *, subtype: str = "wild", severity: str = "high", more: str = "", tail: str = "") -> str:
    head = HEAD.replace('"wild"', f'"{subtype}"').replace('"high"', f'"{severity}"')
    return stable(rule(pattern(f"any = {words}"), head=head, more=more, tail=tail))


LEVELS = [
    ({}, ["high", "medium", "low"]),
    ({"animals": Severity.LOW}, ["low", "low", "low"]),
    ({"animals": Severity.HIGH}, ["high", "high", "low"]),
    ({"animals": Severity.LOW, "animals/wild": Severity.MEDIUM}, ["medium", "low", "low"]),
    ({"animals/wild": Severity.LOW, "animals/zebra": Severity.MEDIUM}, ["medium", "medium", "low"]),
]


@pytest.mark.parametrize(("severities", "expected"), LEVELS)
def test_the_narrowest_severity_counts_and_never_raises_what_was_lowered(
    severities: dict[str, Severity], expected: list[str], tmp_path: Path
) -> None:
    mild = '\n[[unless]]\nname = "a toy"\nseverity = "low"\nany = ["toy"]\n'
    rules = rules_of(
        tmp_path,
        {
            "animals/zebra.toml": named('["zebra"]'),
            "animals/dog.toml": named('["dog"]', subtype="tame", severity="medium", tail=mild),
        },
    )
    result = assessed(rules, Policy(severities=severities), "A zebra.", "A dog.", "A toy dog.")
    assert [finding.severity for finding in result.findings] == expected


def test_the_severest_rule_of_a_sentence_counts_and_the_id_stays(tmp_path: Path) -> None:
    files = {
        "animals/zebra.toml": named('["zebra"]'),
        "animals/lion.toml": named('["lion"]', severity="medium"),
    }
    rules = rules_of(tmp_path, files)
    usual, changed = (
        assessed(rules, policy, "A zebra and a lion.").findings
        for policy in (Policy(), Policy(severities={"animals/zebra": Severity.LOW}))
    )
    assert [(f.id, f.rule) for f in usual] == [(f.id, f.rule) for f in changed]
    assert [f.severity for f in (*usual, *changed)] == [Severity.HIGH, Severity.MEDIUM]


def test_a_policy_cites_its_authority_first(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, {"animals/zebra.toml": named('["zebra"]', more='references = ["book-1"]\n')})
    policy = Policy(references={"animals": ("book-3", "book-1"), "animals/wild": ("book-4",), "animals/tame": ("x",)})
    assert assessed(rules, policy, "A zebra.").findings[0].references == ("book-4", "book-3", "book-1")


def test_what_is_off_is_a_near_miss_and_the_checklist_still_knows(tmp_path: Path) -> None:
    files = {
        "animals/zebra.toml": named('["zebra"]'),
        "animals/dog.toml": named('["dog"]', subtype="tame"),
        "checklist/animals.toml": QUESTION + 'yes_findings = ["animals/wild"]\n',
    }
    rules = rules_of(tmp_path, files)
    result = assessed(rules, Policy(off=frozenset({"animals/zebra"})), "A zebra.", "A dog and a zebra.")
    assert [(f.rule, f.text) for f in result.findings] == [("animals/dog", "A dog and a zebra.")]
    assert {(near.text, near.reason) for near in result.near_misses} >= {("A zebra.", "switched off by the policy")}
    assert result.checklist[0].answer is Answer.YES


def test_a_rule_that_is_off_does_not_speak_for_one_that_is_on(tmp_path: Path) -> None:
    files = {"animals/zebra.toml": named('["zebra"]'), "animals/lion.toml": named('["lion"]', severity="low")}
    rules = rules_of(tmp_path, files)
    result = assessed(rules, Policy(off=frozenset({"animals/zebra"})), "A zebra and a lion.")
    assert [(f.rule, f.severity) for f in result.findings] == [("animals/lion", Severity.LOW)]


OFF_BESIDE_MODEL = [
    ("wild", frozenset({"animals/zebra"}), [], ["animals/zebra"]),
    ("", frozenset({"animals/zebra"}), [], ["animals/zebra"]),
    # The model found something else than the rule that is off.
    ("tame", frozenset({"animals/zebra"}), ["animals/dog"], ["animals/zebra"]),
    ("tame", frozenset({"animals"}), [], ["animals/dog", "animals/zebra"]),
    ("wild", frozenset({"animals/dog"}), ["animals/zebra"], []),
]


@pytest.mark.parametrize(("subtype", "off", "found", "near"), OFF_BESIDE_MODEL)
def test_the_model_does_not_bring_back_what_is_off(
    subtype: str, off: frozenset[str], found: list[str], near: list[str], tmp_path: Path
) -> None:
    files = {"animals/zebra.toml": named('["zebra"]'), "animals/dog.toml": named('["dog"]', subtype="tame")}
    rules = rules_of(tmp_path, files)
    document = document_of("A zebra grazes.")
    clauses = segment(document)
    number, sentence = next((n, s) for n, clause in enumerate(clauses) for s in clause.sentences)
    flagged = Prediction(number, sentence, "animals", subtype=subtype, severity="", probability=0.9, is_flagged=True)
    result = assess(document, clauses, matches_of(rules, document), rules, Policy(off=off), predictions=[flagged])
    assert [finding.rule for finding in result.findings] == found
    assert {item.rule for item in result.near_misses} == set(near)
    assert (result.verdict == "fail") == bool(found)


# Limits

LIMITS = Limits(years_of_experience=5, bond_percent=10, copies=3)
YEARS = ("prescriptive-spec", "staffing")
BOND = ("performance-bond", "performance")
COPIES = ("vendor-burden", "")
DEMANDS = [
    (YEARS, "The lead shall have at least five (5) years of experience.", "within the policy's limit of 5 years"),
    (YEARS, "3.2 The lead must have no more than 5 years in the trade.", "within the policy's limit of 5 years"),
    (YEARS, "Two years of Java and five years of COBOL are required.", "within the policy's limit of 5 years"),
    (YEARS, "Two years of Java and six years of COBOL are required.", ""),
    (YEARS, "The lead shall have at least fifteen (5) years of experience.", ""),
    (YEARS, "The lead shall have more than five years of experience.", ""),
    (YEARS, "The lead shall have five years and three projects behind them.", ""),
    (YEARS, "A graduate of a university with three years of experience.", ""),
    (YEARS, "The lead shall have a degree and three years of experience.", ""),
    (YEARS, "The lead shall have sixty months of experience, two years of them here.", ""),
    (YEARS, "The firm must show work done in the last five years.", ""),
    (YEARS, "The lead shall have experience.", ""),
    (("prescriptive-spec", "brand"), "Five years of experience with the make.", ""),
    (("waterfall", ""), "The system is due in two years.", ""),
    (BOND, "A bond of ten percent (10%) of the price is due.", "within the policy's limit of 10 percent"),
    (BOND, "Within 10 days a bond of 5 percent of the price is due.", "within the policy's limit of 10 percent"),
    (BOND, "A bond that does not exceed 10% of the price, see Section 4.2.", "within the policy's limit of 10 percent"),
    (BOND, "A bond of 100% of the price is due.", ""),
    (BOND, "A bond of 10% of the price or $50,000, whichever is greater, is due.", ""),
    (BOND, "A bond for the full price is due, and 5% is retained.", ""),
    (BOND, "A performance bond of 10% and a payment bond of one hundred percent are due.", ""),
    (BOND, "A bond of 10% is due, and such additional security as we name.", ""),
    (BOND, "A bond is due.", ""),
    (BOND, "A deposit of 5% of each of our running bills is kept.", ""),
    (COPIES, "Send three hard copies of the offer.", "within the policy's limit of 3 copies"),
    (COPIES, "Send one original and three (3) copies of the offer.", "within the policy's limit of 3 copies"),
    (COPIES, "Send one original and four copies of the offer.", ""),
    (COPIES, "Send two copies of the offer and two copies of the price.", ""),
    (COPIES, "Send two copies of each volume.", ""),
    (COPIES, "Send three copies by hand.", ""),
    (COPIES, "Send the offer in triplicate.", ""),
]


def finding_of(kind: tuple[str, str], text: str, *evidence: Evidence) -> Finding:
    category, subtype = kind
    return Finding(
        "id", f"{category}/x", category, subtype, Severity.HIGH, 0.8, Span(100, 100 + len(text)), text,
        None, "", "", "", "", "", "", "", (), evidence, DetectedBy.RULES,
    )  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "reason"), DEMANDS)
def test_a_limit_accepts_a_demand_only_where_nothing_else_can_be_meant(
    kind: tuple[str, str], text: str, reason: str
) -> None:
    finding = finding_of(kind, text)
    assert within_limit(finding, (), LIMITS) == reason
    assert within_limit(finding, (), Limits()) == ""


def test_a_limit_of_one() -> None:
    limits = Limits(years_of_experience=1, copies=1)
    assert (
        within_limit(finding_of(YEARS, "One year of experience."), (), limits) == "within the policy's limit of 1 year"
    )
    assert within_limit(finding_of(COPIES, "Send one copy."), (), limits) == "within the policy's limit of 1 copy"
    zero = Limits(copies=0)
    assert within_limit(finding_of(COPIES, "Send one copy."), (), zero) == ""


def test_an_amount_in_the_lead_in_counts() -> None:
    def lead_in(text: str) -> Evidence:
        return Evidence(EvidenceKind.CONTEXT, "lead-in", Span(10, 10 + len(text)), text)

    item = "Two years of Java."
    assert within_limit(finding_of(YEARS, item, lead_in("The lead must have:")), (), LIMITS)
    assert not within_limit(finding_of(YEARS, item, lead_in("At least ten years in all, of these:")), (), LIMITS)
    assert not within_limit(finding_of(YEARS, item, lead_in("Three leads, with:")), (), LIMITS)


def test_a_rule_that_found_something_else_keeps_the_finding() -> None:
    text = "The lead shall have at least five years of experience and sit with us."
    finding = finding_of(YEARS, text)

    def match(words: str) -> Match:
        start = text.index(words)
        span = Span(100 + start, 100 + start + len(words))
        sentence = Sentence(finding.span, Unit.PROSE)
        return Match("a/b", 0, sentence, Severity.LOW, 0.8, (Evidence(EvidenceKind.PATTERN, "x", span, words),))

    assert within_limit(finding, [match("at least five years"), match("years of experience")], LIMITS)
    assert not within_limit(finding, [match("five years"), match("sit with us")], LIMITS)


def test_a_document_within_the_limits_is_not_flagged_for_them(analyzer: Analyzer) -> None:
    text = (
        "# Request for Proposals\n\nThe project manager shall have at least four years of experience in networks.\n\n"
        "The Contractor shall furnish a performance bond of 10% of the contract price.\n\n"
        "Submit one original and six copies of the proposal.\n"
    )
    source = Source("rfp.md", text.encode())
    analyzer.policy = Policy()
    usual = analyzer.analyze(source).report
    analyzer.policy = Policy(limits=LIMITS)
    report = analyzer.analyze(source).report
    assert {f.category for f in usual.findings} == {"prescriptive-spec", "performance-bond", "vendor-burden"}
    assert {f.category for f in report.findings} == {"vendor-burden"}
    assert {near.reason for near in report.near_misses} >= {
        "within the policy's limit of 5 years",
        "within the policy's limit of 10 percent",
    }
    # The bond is demanded all the same.
    answers = [{a.id: a.answer for a in item.checklist}["bond-required"] for item in (usual, report)]
    assert answers == [Answer.YES, Answer.YES]
    assert (usual.verdict, report.verdict) == ("fail", "pass")


# How they are shown


def show(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["policy", *map(str, arguments)])


def test_the_list_names_what_ships() -> None:
    result = show("list")
    assert result.exit_code == 0
    for name in shipped_policies():
        policy = load_policy(name)
        assert re.search(rf"^{re.escape(policy.identity)} +{re.escape(policy.title)}$", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", [*shipped_policies(), "full"])
def test_what_is_shown_as_toml_loads_to_the_same(name: str, tmp_path: Path) -> None:
    policy = policy_of(tmp_path, FULL) if name == "full" else load_policy(name)
    again = policy_of(tmp_path, policy_toml(policy), "again.toml")
    assert again.identity == policy.identity
    assert again == replace(policy, extends=())
    assert policy_toml(again).splitlines()[1:] == policy_toml(policy).splitlines()[1:]


def test_a_policy_is_shown_for_people(tmp_path: Path, shipped: RuleSet) -> None:
    policy = policy_of(tmp_path, FULL)
    text = policy_text(policy, shipped)
    own = re.escape(str(tmp_path / "policy.toml"))
    assert text.startswith(f"{policy.identity}\nWhat our agency accepts\nExtends virginia, which extends nascio.\n")
    for line in (
        rf"A document fails on findings of +medium and above +\({own}\)",
        rf"Kinds of document that are judged +Solicitation, Contract or terms +\({own}\)",
        r"Pending tracked changes +not allowed +\(nascio\)",
        rf"Comments +allowed +\({own}\)",
        rf"Cap on the vendor's liability +1.5 times the contract value at most +\({own}\)",
        rf"waterfall +\({own}\)",
        rf"vendor-burden +medium +\({own}\)",
        r"unlimited-liability +Va. Code § 2.2-2012.1 \(statute, Virginia; checked 21 November 2026\) +\(virginia\)",
        rf"\[State agency\] +the Department +\({own}\)",
    ):
        assert re.search(f"^  {line}$", text, re.MULTILINE), line
    assert "(default)" in policy_text(Policy(), shipped)


def test_a_policy_as_json_holds_every_field(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, FULL)
    shown = json.loads(policy_json(policy))
    assert set(shown) == {item.name for item in fields(Policy)} | {"policy"}
    assert (shown["policy"], shown["extends"]) == (policy.identity, ["virginia", "nascio"])
    assert shown["limits"] == {item.name: getattr(policy.limits, item.name) for item in fields(Limits)}
    assert shown["origins"]["references.unlimited-liability"] == "virginia"


def test_show_takes_a_name_a_file_or_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_folder(tmp_path, {"a/b/c.txt": "", "other.toml": "name = 'other'"})
    monkeypatch.chdir(folder / "a/b")
    assert show("show").stdout.splitlines()[0] == load_policy(DEFAULT_POLICY).identity
    write_folder(folder, {"a/policy.toml": "name = 'near'"})
    assert show("show").stdout.splitlines()[0].startswith("near@")
    assert show("show", "../../other.toml").stdout.splitlines()[0].startswith("other@")
    assert show("show", "iowa").stdout.splitlines()[0] == load_policy("iowa").identity
    assert tomllib.loads(show("show", "iowa", "--format", "toml").stdout)["jurisdiction"] == "Iowa"
    assert json.loads(show("show", "iowa", "--format", "json").stdout)["name"] == "iowa"


def test_a_wrong_policy_is_told_in_one_sentence(tmp_path: Path) -> None:
    write_folder(tmp_path, {"policy.toml": "off = ['waterfal']"})
    for arguments in (["show", tmp_path / "policy.toml"], ["show", "virgina"]):
        result = show(*arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("fairterms: ")
        assert result.stderr.count("\n") == 1
        assert "Did you mean" in result.stderr


def test_show_knows_rules_of_ones_own(tmp_path: Path) -> None:
    own = HEAD.replace('"animals"', '"waterfall"').replace('subtype = "wild"\n', "")
    write_folder(tmp_path, {"own/waterfall/zebra.toml": rule(head=own), "p.toml": "off = ['waterfall/zebra']"})
    assert show("show", tmp_path / "p.toml").exit_code == 2
    result = show("show", tmp_path / "p.toml", "--rules", tmp_path / "own")
    assert result.exit_code == 0
    assert "waterfall/zebra" in result.stdout


def test_scan_takes_a_policy_by_name(tmp_path: Path) -> None:
    write_folder(tmp_path, {"a.txt": "The Contractor shall furnish a performance bond."})
    command = ["scan", "--model", "none", "--policy", "virginia", "--format", "json", str(tmp_path / "a.txt")]
    result = CliRunner().invoke(main, command)
    report = json.loads(result.stdout)
    assert report["versions"]["policy"] == load_policy("virginia").identity
    cited = [item["id"] for item in report["findings"][0]["references"]]
    assert cited[:2] == ["nascio-2016-3", "va-2.2-4339"]
