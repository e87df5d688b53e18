from datetime import timedelta
from pathlib import Path

import pytest

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.terms import ErrorClass
from assay.rooms.reviews import rules
from assay.rooms.reviews.terms import (
    AUDIT_KINDS,
    BlindContent,
    CaseFacts,
    DecisionFacts,
    JudgedItem,
    Judgement,
    ReviewerFacts,
    Round,
    TaskEvent,
    TaskFacts,
    TaskState,
)

from .world import NEEDLE, NOW, decision

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "task-states.md"


@pytest.mark.parametrize(
    ("was", "was_policy", "due", "due_policy", "expected"),
    [
        ("approve", "", "approve", "", ErrorClass.CORRECT),
        ("approve", "", "no_action", "", ErrorClass.CORRECT),
        ("approve", "", "remove", "IPR", ErrorClass.UNDER_ENFORCEMENT),
        ("no_action", "", "label", "IPR", ErrorClass.UNDER_ENFORCEMENT),
        ("remove", "IPR", "approve", "", ErrorClass.OVER_ENFORCEMENT),
        ("warn", "IPR", "no_action", "", ErrorClass.OVER_ENFORCEMENT),
        ("reject", "IPR", "remove", "IPR", ErrorClass.CORRECT),
        ("remove", "IPR", "remove", "PRH", ErrorClass.WRONG_POLICY),
        ("remove", "IPR", "label", "PRH", ErrorClass.WRONG_POLICY),
        ("remove", "IPR", "label", "IPR", ErrorClass.WRONG_ACTION),
        ("suspend_account", "IPR", "remove", "IPR", ErrorClass.WRONG_ACTION),
        ("remove", "", "remove", "IPR", ErrorClass.CORRECT),
        ("hold", "", "escalate", "", ErrorClass.CORRECT),
        ("escalate", "", "approve", "", ErrorClass.WRONG_ACTION),
        ("escalate", "", "remove", "IPR", ErrorClass.WRONG_ACTION),
        ("approve", "", "escalate", "", ErrorClass.WRONG_ACTION),
        ("remove", "IPR", "escalate", "", ErrorClass.WRONG_ACTION),
    ],
)
def test_verdict_meets_decision(was: str, was_policy: str, due: str, due_policy: str, expected: ErrorClass) -> None:
    judged = JudgedItem(outcome=due, policy=due_policy)
    assert rules.classify(decision=DecisionFacts(outcome=was, policy=was_policy), judged=judged) == expected


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        (Judgement.AMBIGUOUS, ErrorClass.AMBIGUOUS),
        (Judgement.POLICY_GAP, ErrorClass.POLICY_GAP),
        (Judgement.TECHNICAL, ErrorClass.TECHNICAL),
        (Judgement.CHANGED, ErrorClass.CHANGED),
        (Judgement.NOT_REVIEWABLE, ErrorClass.NOT_REVIEWABLE),
    ],
)
def test_verdict_without_action_has_its_class(judgement: Judgement, expected: ErrorClass) -> None:
    for outcome in ("approve", "remove", "escalate"):
        judged = JudgedItem(judgement=judgement)
        assert rules.classify(decision=DecisionFacts(outcome=outcome), judged=judged) == expected


REVIEWER = ReviewerFacts(person=7, moderator_ref="m1", team="mx-day", languages=frozenset({"es"}))


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (CaseFacts(language="es"), ""),
        (CaseFacts(language=""), ""),
        (CaseFacts(language="fr"), "reviews.language"),
        (CaseFacts(language="es", maker="m1"), "reviews.own_decision"),
        (CaseFacts(language="es", maker="m2"), ""),
        (CaseFacts(language="es", team="mx-day"), "reviews.own_team"),
        (CaseFacts(language="es", team="mx-night"), ""),
        (CaseFacts(language="es", reviewed_by=frozenset({7})), "reviews.already_reviewed"),
        (CaseFacts(language="es", reviewed_by=frozenset({8})), ""),
        (CaseFacts(language="es", seen_how="skipped"), "reviews.not_blind"),
        (CaseFacts(language="es", seen_how="rows"), "reviews.not_blind"),
        (CaseFacts(language="es", seen_how="disagreement"), "reviews.not_blind"),
        (CaseFacts(language="es", seen_how="disagreement", round=Round.ADJUDICATION), ""),
        (CaseFacts(language="es", seen_how="rows", round=Round.ADJUDICATION), "reviews.not_blind"),
        (
            CaseFacts(language="es", reviewed_by=frozenset({7, 8}), round=Round.ADJUDICATION),
            "reviews.already_reviewed",
        ),
    ],
)
def test_eligibility_follows_the_table(case: CaseFacts, code: str) -> None:
    assert rules.is_eligible(REVIEWER, case) == (code == "")
    if code:
        with pytest.raises(Refusal) as caught:
            rules.check_eligible(REVIEWER, case)
        assert caught.value.code == code


def test_person_without_reference_or_team_is_no_maker_of_machine_decisions() -> None:
    nobody = ReviewerFacts(person=1, languages=frozenset({"es"}))
    assert rules.is_eligible(nobody, CaseFacts(language="es", maker="", team=""))


def test_projection_keeps_content_alone() -> None:
    content = rules.blind_projection(decision(1, policy="IPR", outcome="remove"))
    assert content == BlindContent(
        item_type="listing",
        market="MX",
        language="es-MX",
        title="Reloj de pulsera 1",
        text="Original, nuevo en caja. Precio especial 1.",
        translation={"text": "Original, new in box. Special price 1.", "language": "en"},
        context={},
        is_graphic=False,
        content_hash=str(decision(1)["content_hash"]),
    )
    assert NEEDLE not in repr(content)


def test_projection_ignores_every_secret_field() -> None:
    open_fields = {
        "item_type", "market", "content_language", "content_title", "content_text", "content_translation",
        "translation_language", "is_graphic", "content_hash", "decision_key",
        "category_path", "price", "currency",
    }  # fmt: skip
    row = decision(1, category_path="Watches", price=12.5, currency="MXN")
    secret = {name: "changed" for name in row if name not in open_fields}
    assert rules.blind_projection(row | secret) == rules.blind_projection(row)
    assert rules.blind_projection(row).context == {
        "category_path": "Watches",
        "price": "12.50",
        "currency": "MXN",
    }


def test_content_without_hash_is_known_by_its_key() -> None:
    mark = rules.content_mark(content_hash="", decision_key="shop:d1")
    assert len(mark) == 64
    assert mark != rules.content_mark(content_hash="", decision_key="shop:d2")
    assert rules.content_mark(content_hash="abc", decision_key="shop:d1") == "abc"


@pytest.mark.parametrize(
    ("judged", "field"),
    [
        (JudgedItem(), "outcome"),
        (JudgedItem(outcome="burn"), "outcome"),
        (JudgedItem(outcome="remove"), "line"),
        (JudgedItem(outcome="approve", policy="IPR"), "line"),
        (JudgedItem(judgement=Judgement.AMBIGUOUS), "line"),
        (JudgedItem(judgement=Judgement.TECHNICAL, outcome="remove"), "outcome"),
        (JudgedItem(judgement=Judgement.NOT_REVIEWABLE), "note"),
        (JudgedItem(judgement=Judgement.NOT_REVIEWABLE, note=" \n"), "note"),
        (JudgedItem(judgement="perhaps"), "judgement"),  # type: ignore[arg-type]
        (JudgedItem(outcome="approve", confidence="total"), "confidence"),
        (JudgedItem(outcome="approve", severity="huge"), "severity"),
        (JudgedItem(outcome="approve", judged_on="guess"), "judged_on"),
        (JudgedItem(outcome="approve", note="a\x07b"), "note"),
        (JudgedItem(outcome="approve", note="x" * 4001), "note"),
        (JudgedItem(outcome="approve", active_seconds=-1.0), "active_seconds"),
    ],
)
def test_incomplete_verdict_names_its_field(judged: JudgedItem, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        rules.check_judged(judged)
    assert (caught.value.field, caught.value.status) == (field, 422)


@pytest.mark.parametrize(
    "judged",
    [
        JudgedItem(outcome="approve"),
        JudgedItem(outcome="remove", policy="IPR", severity="major", confidence="low"),
        JudgedItem(outcome="escalate"),
        JudgedItem(outcome="escalate", policy="IPR"),
        JudgedItem(judgement=Judgement.AMBIGUOUS, policy="IPR"),
        JudgedItem(judgement=Judgement.POLICY_GAP),
        JudgedItem(judgement=Judgement.NOT_REVIEWABLE, note="The text is missing."),
    ],
)
def test_whole_verdict_passes(judged: JudgedItem) -> None:
    assert rules.check_judged(judged) == judged


def test_ruling_needs_a_reason() -> None:
    with pytest.raises(Refusal) as caught:
        rules.check_judged(JudgedItem(outcome="approve"), round=Round.ADJUDICATION)
    assert caught.value.field == "note"


def test_note_is_kept_in_normal_form() -> None:
    judged = rules.check_judged(JudgedItem(outcome="approve", note="an\u0303o\r\ndos\ttres"))
    assert judged.note == "año\ndos\ttres"


def test_lifecycle_reaches_and_leaves_every_state() -> None:
    reached = {TaskState.OPEN, *rules.TRANSITIONS.values()}
    left = {state for state, _event in rules.TRANSITIONS}
    assert reached == set(TaskState)
    assert set(TaskState) - left == rules.FINAL_STATES
    assert {event for _state, event in rules.TRANSITIONS} == set(TaskEvent)


def test_every_event_has_an_audit_kind() -> None:
    assert set(rules.EVENT_AUDIT_KINDS) == set(TaskEvent) - {TaskEvent.RENEW}
    assert set(rules.EVENT_AUDIT_KINDS.values()) <= set(AUDIT_KINDS)


@pytest.mark.parametrize(
    ("state", "event"),
    [(s, e) for s in TaskState for e in TaskEvent if (s, e) not in rules.TRANSITIONS],
)
def test_other_transitions_are_refused(state: TaskState, event: TaskEvent) -> None:
    with pytest.raises(Refusal) as caught:
        rules.next_state(state, event)
    assert caught.value.code == "reviews.wrong_state"


def test_diagram_in_the_reference_is_fresh() -> None:
    assert REFERENCE.read_text(encoding="utf-8").count(rules.task_diagram()) == 1


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (TaskFacts(state=TaskState.HELD, holder=1, fencing_token=3), ""),
        (TaskFacts(state=TaskState.HELD, holder=1, fencing_token=4), "reviews.lease_lost"),
        (TaskFacts(state=TaskState.HELD, holder=2, fencing_token=3), "reviews.lease_lost"),
        (TaskFacts(state=TaskState.OPEN, holder=None, fencing_token=3), "reviews.lease_lost"),
        (TaskFacts(state=TaskState.SUBMITTED, holder=1, fencing_token=3), "reviews.already_submitted"),
        (TaskFacts(state=TaskState.SUBMITTED, holder=2, fencing_token=3), "reviews.lease_lost"),
    ],
)
def test_only_the_current_token_submits(task: TaskFacts, code: str) -> None:
    if not code:
        rules.check_can_submit(task, person=1, fencing_token=3)
        return
    with pytest.raises(Refusal) as caught:
        rules.check_can_submit(task, person=1, fencing_token=3)
    assert caught.value.code == code


def test_undo_lasts_ten_seconds() -> None:
    rules.check_can_undo(submitted_at=NOW, is_settled=False, at=NOW + timedelta(seconds=10))
    for seconds, settled in ((10.1, False), (1, True)):
        with pytest.raises(Refusal) as caught:
            rules.check_can_undo(submitted_at=NOW, is_settled=settled, at=NOW + timedelta(seconds=seconds))
        assert caught.value.code == "reviews.undo_over"


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es"), ("ES", "es"), ("pt_BR", "pt"), ("", ""), ("zh-Hant-TW", "zh")]
)
def test_main_language_of_a_tag(tag: str, language: str) -> None:
    assert rules.language_of(tag) == language
