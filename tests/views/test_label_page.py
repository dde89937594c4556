"""Labelling, samples, training and switching models, on the page."""

import time

from analyzer.store.acting import reading, writing
from analyzer.store.database import Database
from analyzer.store.decisions import decide
from analyzer.store.models import current_model, models
from analyzer.store.samples import add_sample, samples_of
from analyzer.store.values import DecisionKind, Person, Role
from tests.views.conftest import ME
from tests.views.documents import BONDED, UNCAPPED
from tests.views.pages import keep, labels, page, press, settled, texts

PLACES = (
    "library museum harbour airport stadium market theatre garden station hospital school archive depot workshop "
    "laboratory court prison college kitchen bridge"
).split()
TERMS = f"# Terms\n\n{UNCAPPED}\n\n{BONDED}\n\nThe kitchen opens at nine and closes at five.\n".encode()


def test_sentences_are_suggested_labelled_and_taken_back(database: Database) -> None:
    (draft,) = keep(database, "terms.md", TERMS)
    made = press(page("label"), "Suggest sentences to label")
    assert "3 sentences to go" in texts(made)
    press(made, "Nothing: harmless")
    assert "2 sentences to go" in texts(made)
    with reading(database, ME) as acting:
        (owner,) = {sample.project for sample in samples_of(acting, _project(database))}
        (sample,) = samples_of(acting, owner)
        assert (sample.category, sample.document, sample.by) == ("", draft.document, ME.id)
    press(made, "Undo")
    assert "3 sentences to go" in texts(made)
    with reading(database, ME) as acting:
        assert samples_of(acting, owner) == ()
    label = next(name for name in labels(made) if name.startswith(("Unlimited liability:", "Bonds and security:")))
    press(made, label)
    press(made, "Skip")
    with reading(database, ME) as acting:
        (sample,) = samples_of(acting, owner)
        assert sample.category


def test_the_last_label_is_taken_back_too(database: Database) -> None:
    keep(database, "terms.md", TERMS)
    made = press(page("label"), "Suggest sentences to label")
    for _ in range(3):
        press(made, "Nothing: harmless")
    assert "All of these are labelled" in texts(made)
    press(made, "Undo")
    assert "1 sentence to go" in texts(made)
    with reading(database, ME) as acting:
        assert len(samples_of(acting, _project(database))) == 2


def test_second_opinions_and_agreement(database: Database) -> None:
    keep(database, "terms.md", TERMS)
    bob = Person("bob", role=Role.ADMIN)
    with writing(database, bob) as acting:
        for place in PLACES[:6]:
            text = f"The {place} is closed and liability is unlimited."
            add_sample(acting, _project(database), text, category="unlimited-liability", subtype="explicit")
    made = press(page("label"), "Second opinion: what others labelled")
    assert "6 sentences to go" in texts(made)
    for place in range(6):
        press(made, "Nothing: harmless" if place < 3 else "Unlimited liability: Liability without limit")
    made.segmented_control(key="label-part").set_value("Samples").run()
    assert not made.exception
    assert "On 6 sentences that both labelled" in texts(made)
    assert "12 labelled sentences" in texts(made)


def test_a_model_is_trained_used_and_put_back(database: Database) -> None:
    kept = [
        keep(database, f"terms-{place}.md", f"# The {place}\n\n{_liable(place)}\n\n{_hours(place)}\n".encode())[0]
        for place in PLACES
    ]
    with writing(database, ME) as acting:
        for draft, place in zip(kept, PLACES, strict=True):
            add_sample(
                acting, _project(database), _zebra(place), category="vendor-burden", subtype="", doc=f"{place}.md"
            )
            add_sample(acting, _project(database), _hours(place), doc=f"{place}.md")
            decide(acting, draft.document, "0" * 16, DecisionKind.ACCEPT)
    made = page("label")
    made.segmented_control(key="label-part").set_value("Train and models").run()
    made.toggle[0].set_value(False).run()
    press(made, "Train a model")
    for _ in range(600):
        if "training" not in made.session_state:
            break
        time.sleep(0.2)
        made.run()
    settled(made)
    assert not made.error, made.error
    with reading(database, ME) as acting:
        (model,) = models(acting)
        assert current_model(acting) is None
    press(made, "Use it")
    with reading(database, ME) as acting:
        current = current_model(acting)
        assert current is not None
        assert current.id == model.id
    assert "Portal model" in texts(made)
    press(made, "Go back to it")
    with reading(database, ME) as acting:
        assert current_model(acting) is None


def test_learned_rules_need_a_folder(database: Database) -> None:
    keep(database, "terms.md", TERMS)
    made = page("label")
    made.segmented_control(key="label-part").set_value("Learned rules").run()
    assert "First name a folder" in texts(made)


def test_there_is_no_project() -> None:
    assert "There is no project yet" in texts(page("label"))


def _project(database: Database) -> str:
    from analyzer.store.projects import projects

    with reading(database, ME) as acting:
        return projects(acting)[0].id


def _liable(place: str) -> str:
    return f"The Contractor shall be liable without any limit for each loss of the {place}."


def _zebra(place: str) -> str:
    return f"Bidders shall bring {len(place)} zebras to the {place} before the opening of bids."


def _hours(place: str) -> str:
    return f"The {place} opens at {6 + len(place) % 4} and closes at five on weekdays."
