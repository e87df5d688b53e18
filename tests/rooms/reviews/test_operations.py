from datetime import timedelta

import pytest
from django.db import IntegrityError

from assay.rooms.audit.models import Entry
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies import operations as policies
from assay.rooms.policies.terms import ErrorClass
from assay.rooms.reviews import operations
from assay.rooms.reviews.models import BlindItem, Draft, Seen, Settlement, Task, Verdict
from assay.rooms.reviews.terms import JudgedItem, Judgement, Round, SettledBy, TaskState

from .world import (
    DECIDED,
    NEEDLE,
    NOW,
    World,
    after_undo,
    build,
    claim,
    decision,
    freeze,
    reject,
    reviewer,
    submit,
)

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return [k for k in Entry.objects.values_list("kind", flat=True) if k.startswith("reviews.")]


def refused(code: str) -> "pytest.RaisesExc[Refusal]":
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


# Opening


def test_draw_opens_one_first_task_each() -> None:
    world = build(decisions=4)
    assert BlindItem.objects.count() == 4
    assert list(Task.objects.values_list("round", "state").distinct()) == [("first", "open")]
    assert Task.objects.first().unit == world.mexico
    assert kinds() == ["reviews.tasks_opened"]


def test_opening_again_opens_nothing() -> None:
    world = build(decisions=4, doubles_share=0.5)
    before = set(Task.objects.values_list("pk", flat=True))
    assert operations.open_tasks_for_draw(world.draw.pk, at=NOW) == 0
    assert operations.open_due_draws(at=NOW) == 0
    assert set(Task.objects.values_list("pk", flat=True)) == before


def test_new_draws_are_found_by_the_chore() -> None:
    world = build(decisions=2)
    freeze([decision(n) for n in (1, 2, 3)], unit=world.root, code="W11")
    assert operations.open_due_draws(at=NOW) == 3
    assert Task.objects.filter(plan__code="W11").count() == 3


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (1.0, 120, 120), (0.25, 17, 44)])
def test_doubles_follow_their_share(share: float, low: int, high: int) -> None:
    build(decisions=120, doubles_share=share)
    assert low <= Task.objects.filter(round=Round.SECOND).count() <= high


def test_doubles_do_not_depend_on_the_outcome() -> None:
    changes = {n: {"outcome": "remove", "policy": "IPR", "maker": "m9"} for n in range(1, 41)}
    plan = build(decisions=40, doubles_share=0.3, changes=changes).plan
    keys = [f"shop:d{n}" for n in range(1, 41)]
    doubled = {t.item.sampled.decision_key for t in Task.objects.filter(round=Round.SECOND)}
    assert doubled == {key for key in keys if operations.opening.is_double(plan, key)}


def test_item_holds_the_content_and_nothing_else() -> None:
    build(decisions=1, changes={1: {"outcome": "remove", "policy": "IPR", "category_path": "Watches"}})
    item = BlindItem.objects.get()
    assert item.title == "Reloj de pulsera 1"
    assert item.context == {"category_path": "Watches"}
    values = " ".join(str(getattr(item, f.attname)) for f in BlindItem._meta.concrete_fields)
    assert NEEDLE not in values
    assert "remove" not in values
    assert "IPR" not in values


def test_decision_gone_from_the_log_still_has_a_task() -> None:
    world = build(decisions=1)
    freeze([decision(9)], unit=world.root, code="W11")
    operations.open_due_draws(at=NOW)
    item = BlindItem.objects.get(sampled__plan__code="W11")
    assert (item.text, item.market, item.language) == ("", "MX", "es-MX")


def test_queue_order_is_a_keyed_shuffle() -> None:
    build(decisions=60, changes={n: {"outcome": "remove"} for n in range(1, 31)})
    keys = [t.item.sampled.decision_key for t in Task.objects.order_by("position").select_related("item__sampled")]
    assert sorted(keys) != keys
    first_half = sum(int(key.removeprefix("shop:d")) <= 30 for key in keys[:30])
    assert 8 <= first_half <= 22


# Claiming


def test_claim_gives_the_next_in_the_shuffle() -> None:
    world = build(decisions=3)
    first = Task.objects.order_by("position").first()
    held = claim(world.ana)
    task = Task.objects.get(pk=held.task_id)
    assert task == first
    assert (task.state, task.holder, task.fencing_token) == (TaskState.HELD, world.ana, 1)
    assert task.lease_until == NOW + timedelta(minutes=15) == held.lease_until
    assert kinds()[-1] == "reviews.task_claimed"


def test_own_held_task_comes_back_first() -> None:
    world = build(decisions=3)
    held = claim(world.ana)
    again = claim(world.ana, at=NOW + timedelta(minutes=5))
    assert (again.task_id, again.fencing_token, again.is_resumed) == (held.task_id, held.fencing_token, True)
    assert again.lease_until == NOW + timedelta(minutes=20)


def test_two_people_hold_different_tasks() -> None:
    world = build(decisions=2)
    assert claim(world.ana).task_id != claim(world.ben).task_id
    assert operations.claim_next(person=world.cleo, at=NOW) is None


def test_lapsed_lease_goes_to_the_next_person() -> None:
    world = build(decisions=1)
    mine = claim(world.ana)
    assert operations.claim_next(person=world.ben, at=NOW + timedelta(minutes=14, seconds=59)) is None
    theirs = claim(world.ben, at=NOW + timedelta(minutes=15))
    assert (theirs.task_id, theirs.fencing_token) == (mine.task_id, mine.fencing_token + 1)


def test_nobody_is_given_a_language_they_do_not_work_in() -> None:
    world = build(decisions=1)
    dan = reviewer("dan", home=world.dublin, place=world.root, languages=["en"])
    assert operations.claim_next(person=dan, at=NOW) is None


def test_nobody_is_given_their_own_decision() -> None:
    world = build(decisions=1, changes={1: {"maker": "m7"}})
    dan = reviewer("dan", home=world.dublin, place=world.root, moderator_ref="m7")
    assert operations.claim_next(person=dan, at=NOW) is None
    assert claim(world.ana)


def test_nobody_is_given_a_decision_of_their_team() -> None:
    world = build(decisions=1)
    dan = reviewer("dan", home=world.team, place=world.root)
    assert operations.claim_next(person=dan, at=NOW) is None


def test_reviewer_of_another_site_is_given_nothing() -> None:
    world = build(decisions=1)
    dan = reviewer("dan", home=world.dublin, place=world.dublin)
    assert operations.claim_next(person=dan, at=NOW) is None
    assert claim(reviewer("eva", home=world.mexico, place=world.mexico))


def test_same_person_never_gets_both_rounds() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.ana)
    assert operations.claim_next(person=world.ana, at=NOW) is None
    assert claim(world.ben)


def test_seen_content_is_not_given_in_any_plan() -> None:
    world = build(decisions=1)
    mark = BlindItem.objects.get().content_hash
    assert operations.mark_seen(person=world.ana, content_hashes=[mark, ""], how="rows", at=NOW) == 1
    assert operations.mark_seen(person=world.ana, content_hashes=[mark], how="rows", at=NOW) == 0
    freeze([decision(1)], unit=world.root, code="W11")
    operations.open_due_draws(at=NOW)
    assert operations.claim_next(person=world.ana, at=NOW) is None
    assert kinds().count("reviews.case_seen") == 1


def test_skipped_item_goes_to_others_only() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    operations.skip_task(task_id=held.task_id, person=world.ana, fencing_token=held.fencing_token, at=NOW)
    assert operations.claim_next(person=world.ana, at=NOW) is None
    assert claim(world.ben).task_id == held.task_id
    assert "reviews.task_skipped" in kinds()


def test_known_case_taints_the_pair() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    operations.know_case(task_id=held.task_id, person=world.ana, fencing_token=held.fencing_token, at=NOW)
    assert list(Seen.objects.values_list("person__login", "how")) == [("ana", "known")]
    assert operations.claim_next(person=world.ana, at=NOW) is None
    assert claim(world.ben).task_id == held.task_id


def test_lease_is_renewed_for_its_holder() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    later = NOW + timedelta(minutes=10)
    until = operations.renew_lease(task_id=held.task_id, person=world.ana, fencing_token=held.fencing_token, at=later)
    assert until == later + timedelta(minutes=15)
    with refused("reviews.not_found"):
        operations.renew_lease(task_id=held.task_id, person=world.ben, fencing_token=1, at=later)


def test_lost_lease_is_not_renewed() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    claim(world.ben, at=NOW + timedelta(minutes=16))
    with refused("reviews.lease_lost"):
        operations.renew_lease(
            task_id=held.task_id,
            person=world.ana,
            fencing_token=held.fencing_token,
            at=NOW + timedelta(minutes=17),
        )


# Submitting


def test_verdict_is_stored_with_its_audit_entry() -> None:
    world = build(decisions=1)
    task = submit(world.ana, reject(clause_version=world.counterfeit.pk, policy=""))
    verdict = Verdict.objects.get()
    assert task.state == TaskState.SUBMITTED
    assert (verdict.outcome, verdict.policy, verdict.severity) == ("remove", "IPR", "major")
    assert (verdict.clause_version, verdict.reviewer) == (world.counterfeit, world.ana)
    entry = Entry.objects.get(kind="reviews.verdict_submitted")
    assert entry.subject == f"task:{task.pk}"
    assert "remove" not in entry.facts
    assert "IPR" not in entry.facts


def test_same_key_and_body_replays_the_answer() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    first = submit(world.ana, held=held, key="k")
    again = submit(world.ana, held=held, key="k", at=NOW + timedelta(hours=2))
    assert first == again
    assert Verdict.objects.count() == 1
    assert kinds().count("reviews.verdict_submitted") == 1


def test_same_key_with_another_body_is_refused() -> None:
    world = build(decisions=2)
    held = claim(world.ana)
    submit(world.ana, held=held, key="k")
    with refused("reviews.key_reused"):
        submit(world.ana, reject(), held=held, key="k")
    with refused("reviews.key_reused"):
        submit(world.ana, held=claim(world.ana), key="k")


def test_stale_token_is_refused_and_the_text_kept() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    theirs = claim(world.ben, at=NOW + timedelta(minutes=16))
    late = NOW + timedelta(minutes=17)
    with refused("reviews.lease_lost"):
        submit(world.ana, reject(note="my own text"), held=held, at=late)
    assert Verdict.objects.count() == 0
    draft = Draft.objects.get(person=world.ana)
    assert (draft.content["note"], draft.content["line"]) == ("my own text", "policy:IPR")
    assert submit(world.ben, held=theirs, at=late).holder == world.ben


def test_lapsed_lease_nobody_took_still_counts() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    assert submit(world.ana, held=held, at=NOW + timedelta(hours=3)).state == TaskState.SUBMITTED


def test_second_tab_keeps_its_text() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    submit(world.ana, held=held, key="tab one")
    with refused("reviews.already_submitted"):
        submit(world.ana, reject(note="from tab two"), held=held, key="tab two")
    assert Verdict.objects.count() == 1
    assert Draft.objects.get(person=world.ana).content["note"] == "from tab two"


def test_stranger_learns_nothing_of_a_task() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    for attempt in (
        lambda: submit(world.ben, held=held),
        lambda: operations.save_draft(task_id=held.task_id, person=world.ben, content={}, at=NOW),
        lambda: operations.skip_task(task_id=held.task_id, person=world.ben, fencing_token=1, at=NOW),
        lambda: operations.undo_verdict(task_id=held.task_id, reviewer=world.ben, at=NOW),
    ):
        with refused("reviews.not_found"):
            attempt()


def test_whoever_saw_the_case_meanwhile_cannot_submit() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    mark = BlindItem.objects.get().content_hash
    operations.mark_seen(person=world.ana, content_hashes=[mark], how="rows", at=NOW)
    with refused("reviews.not_blind"):
        submit(world.ana, reject(note="kept"), held=held)
    assert Draft.objects.get(person=world.ana).content["note"] == "kept"


def test_clause_of_another_time_is_refused() -> None:
    world = build(decisions=1)
    late = policies.publish_version(
        clause=world.counterfeit.clause,
        text={"en": "New text.", "es": "Texto nuevo."},
        severity="critical",
        effective_from=DECIDED + timedelta(days=1),
        actor="set-up",
        at=DECIDED,
    )
    held = claim(world.ana)
    with refused("reviews.clause_not_in_force"):
        submit(world.ana, reject(clause_version=late.pk, policy=""), held=held)
    with refused("reviews.clause_not_in_force"):
        submit(world.ana, reject(clause_version=world.counterfeit.pk, policy="PRH"), held=held)
    assert submit(world.ana, reject(clause_version=world.counterfeit.pk), held=held)


def test_global_clause_gives_way_to_the_markets_own() -> None:
    world = build(decisions=1)
    own = policies.publish_version(
        clause=world.counterfeit.clause,
        text={"en": "In Mexico.", "es": "En México."},
        severity="critical",
        market="MX",
        effective_from=DECIDED - timedelta(days=1),
        actor="set-up",
        at=DECIDED - timedelta(days=1),
    )
    held = claim(world.ana)
    with refused("reviews.clause_not_in_force"):
        submit(world.ana, reject(clause_version=world.counterfeit.pk), held=held)
    submit(world.ana, reject(clause_version=own.pk), held=held)
    assert Verdict.objects.get().severity == "critical"


def test_unknown_policy_is_refused() -> None:
    world = build(decisions=1)
    with refused("reviews.unknown_policy"):
        submit(world.ana, reject(policy="NOPE"))


def test_database_allows_one_standing_verdict() -> None:
    world = build(decisions=1)
    task = submit(world.ana)
    with pytest.raises(IntegrityError):
        Verdict.objects.create(
            task=task,
            reviewer=world.ben,
            judgement="decided",
            outcome="approve",
            fencing_token=1,
            idempotency_key="other",
            request_digest="d",
            submitted_at=NOW,
        )


# Undo


def test_undo_gives_the_item_back_with_all_fields() -> None:
    world = build(decisions=1)
    task = submit(world.ana, reject(note="a note", confidence="low"))
    held = operations.undo_verdict(task_id=task.pk, reviewer=world.ana, at=NOW + timedelta(seconds=9))
    assert held.fencing_token == 2
    assert Verdict.objects.get().withdrawn_at == NOW + timedelta(seconds=9)
    content = Draft.objects.get(person=world.ana).content
    assert (content["choice"], content["line"], content["note"], content["confidence"]) == (
        "outcome:remove",
        "policy:IPR",
        "a note",
        "low",
    )
    submit(world.ana, held=held, key="second thought", at=NOW + timedelta(seconds=20))
    assert Verdict.objects.filter(withdrawn_at__isnull=True).count() == 1
    assert "reviews.verdict_withdrawn" in kinds()


def test_undo_is_refused_after_ten_seconds() -> None:
    world = build(decisions=1)
    task = submit(world.ana)
    with refused("reviews.undo_over"):
        operations.undo_verdict(task_id=task.pk, reviewer=world.ana, at=after_undo())


def test_withdrawn_verdict_does_not_settle() -> None:
    world = build(decisions=1)
    task = submit(world.ana)
    operations.undo_verdict(task_id=task.pk, reviewer=world.ana, at=NOW)
    assert operations.settle_due(at=after_undo()) == 0


# Settling


def settlement() -> tuple[str, str, str]:
    return Settlement.objects.values_list("error_class", "settled_by", "severity").get()


def test_single_review_settles_after_undo() -> None:
    world = build(decisions=1)
    submit(world.ana, reject(clause_version=world.counterfeit.pk))
    assert operations.settle_due(at=NOW + timedelta(seconds=10)) == 0
    assert operations.settle_due(at=after_undo()) == 1
    assert operations.settle_due(at=after_undo()) == 0
    assert settlement() == (ErrorClass.UNDER_ENFORCEMENT, SettledBy.SINGLE, "major")
    assert Verdict.objects.get().settled_at == after_undo()
    assert kinds().count("reviews.settled") == 1


def test_correct_decision_settles_without_severity() -> None:
    world = build(decisions=1)
    submit(world.ana)
    operations.settle_due(at=after_undo())
    assert settlement() == (ErrorClass.CORRECT, SettledBy.SINGLE, "")


def test_double_waits_for_the_second_review() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.ana)
    assert operations.settle_due(at=after_undo()) == 0
    submit(world.ben, at=after_undo())
    assert operations.settle_due(at=after_undo()) == 0
    assert operations.settle_due(at=after_undo(after_undo())) == 1
    assert settlement()[1] == SettledBy.AGREEMENT


def test_disagreement_opens_a_ruling() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.ana)
    submit(world.ben, reject())
    assert operations.settle_due(at=after_undo()) == 0
    assert operations.settle_due(at=after_undo()) == 0
    ruling = Task.objects.get(round=Round.ADJUDICATION)
    assert ruling.state == TaskState.OPEN
    assert operations.claim_next(person=world.cleo, at=after_undo()) is None


def ruled(world: World, verdict: JudgedItem) -> Task:
    submit(world.ana)
    submit(world.ben, reject())
    operations.settle_due(at=after_undo())
    ruling = Task.objects.get(round=Round.ADJUDICATION)
    return operations.rule_case(
        task_id=ruling.pk, adjudicator=world.lead, idempotency_key="r1", verdict=verdict, at=after_undo()
    )


def test_ruling_settles_with_its_reason() -> None:
    world = build(decisions=1, doubles_share=1.0)
    verdict = reject(note="The logo is a copy.")
    task = ruled(world, verdict)
    again = operations.rule_case(
        task_id=task.pk, adjudicator=world.lead, idempotency_key="r1", verdict=verdict, at=after_undo()
    )
    assert again == task
    operations.settle_due(at=after_undo(after_undo()))
    assert settlement()[:2] == (ErrorClass.UNDER_ENFORCEMENT, SettledBy.ADJUDICATION)
    assert Settlement.objects.get().rationale == "The logo is a copy."
    assert Verdict.objects.filter(settled_at__isnull=False).count() == 3
    assert "reviews.case_ruled" in kinds()


def test_ruling_can_be_taken_back_within_the_window() -> None:
    world = build(decisions=1, doubles_share=1.0)
    task = ruled(world, reject(note="The logo is a copy."))
    operations.undo_verdict(task_id=task.pk, reviewer=world.lead, at=after_undo())
    assert operations.settle_due(at=after_undo(after_undo())) == 0


def test_neither_reviewer_rules_on_the_case() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.lead)
    submit(world.ben, reject())
    operations.settle_due(at=after_undo())
    ruling = Task.objects.get(round=Round.ADJUDICATION)
    for person in (world.lead, world.ben):
        with refused("reviews.already_reviewed"):
            operations.rule_case(
                task_id=ruling.pk,
                adjudicator=person,
                idempotency_key="r1",
                verdict=reject(note="Because."),
                at=after_undo(),
            )


def test_second_ruling_is_refused() -> None:
    world = build(decisions=1, doubles_share=1.0)
    task = ruled(world, reject(note="The logo is a copy."))
    with refused("reviews.ruled"):
        operations.rule_case(
            task_id=task.pk,
            adjudicator=world.cleo,
            idempotency_key="r2",
            verdict=reject(note="Mine."),
            at=after_undo(),
        )


def test_not_reviewable_is_kept_with_its_reason() -> None:
    world = build(decisions=1)
    submit(world.ana, JudgedItem(judgement=Judgement.NOT_REVIEWABLE, note="The text is missing."))
    operations.settle_due(at=after_undo())
    assert settlement()[0] == ErrorClass.NOT_REVIEWABLE
    assert Settlement.objects.get().verdict.note == "The text is missing."


def test_settled_content_is_known_to_its_reviewer() -> None:
    world = build(decisions=1)
    submit(world.ana)
    operations.settle_due(at=after_undo())
    assert list(Seen.objects.values_list("person__login", "how")) == [("ana", "settled")]


def test_settling_many_takes_a_steady_number_of_queries(django_assert_max_num_queries: object) -> None:
    world = build(decisions=12)
    for _ in range(12):
        submit(world.ana)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        assert operations.settle_due(at=after_undo()) == 12


def test_claiming_settles_what_is_due() -> None:
    world = build(decisions=1)
    submit(world.ana)
    assert operations.claim_next(person=world.ben, at=after_undo()) is None
    assert Settlement.objects.count() == 1


def test_closed_round_takes_no_more_reviews() -> None:
    world = build(decisions=3, doubles_share=1.0)
    submit(world.ana)
    held = claim(world.ben)
    assert operations.close_round(plan=world.plan, actor=world.lead, at=NOW) == 5
    with refused("reviews.wrong_state"):
        operations.claims.claim_task(task_id=held.task_id, person=world.cleo, at=NOW)
    with refused("reviews.lease_lost"):
        submit(world.ben, held=held)
    assert operations.claim_next(person=world.cleo, at=NOW) is None
    assert operations.settle_due(at=after_undo()) == 1
    assert settlement()[1] == SettledBy.SINGLE


# Opening a disagreement, and seeing more later


def test_seeing_more_later_bars_from_ruling_too() -> None:
    world = build(decisions=1)
    mark = BlindItem.objects.get().content_hash
    operations.mark_seen(person=world.lead, content_hashes=[mark], how="disagreement", at=NOW)
    assert operations.mark_seen(person=world.lead, content_hashes=[mark], how="rows", at=NOW) == 1
    assert operations.mark_seen(person=world.lead, content_hashes=[mark], how="disagreement", at=NOW) == 0
    assert Seen.objects.get().how == "rows"


# Reference verdicts


def reference(*rows: dict[str, str]) -> list[dict[str, str]]:
    return list(rows)


def test_reference_verdicts_settle_like_others() -> None:
    world = build(decisions=3, doubles_share=1.0)
    rows = reference(
        {"decision_key": "shop:d1", "outcome": "approve"},
        {"decision_key": "shop:d2", "outcome": "remove", "policy": "IPR"},
        {"decision_key": "shop:d3", "judgement": "ambiguous", "policy": "IPR"},
        {"decision_key": "shop:other", "outcome": "approve"},
    )
    loaded = operations.load_reference_verdicts(plan=world.plan, rows=rows, reviewer=world.lead, at=NOW)
    assert (loaded.recorded, loaded.repeated, loaded.not_sampled) == (3, 0, 1)
    classes = dict(Settlement.objects.values_list("sampled__decision_key", "error_class"))
    assert classes == {"shop:d1": "correct", "shop:d2": "under_enforcement", "shop:d3": "ambiguous"}
    assert set(Task.objects.filter(round=Round.SECOND).values_list("state", flat=True)) == {"void"}
    again = operations.load_reference_verdicts(plan=world.plan, rows=rows, reviewer=world.lead, at=NOW)
    assert (again.recorded, again.repeated, again.not_sampled) == (0, 3, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"decision_key": "", "outcome": "approve"}, "decision_key"),
        ({"decision_key": "shop:d1", "outcome": "approve"}, "decision_key"),
        ({"decision_key": "shop:d2", "outcome": "burn"}, "outcome"),
        ({"decision_key": "shop:d2", "outcome": "remove", "policy": "NOPE"}, "policy"),
        ({"decision_key": "shop:d2", "outcome": "remove"}, "line"),
    ],
)
def test_bad_reference_row_is_named(row: dict[str, str], column: str) -> None:
    world = build(decisions=2)
    rows = reference({"decision_key": "shop:d1", "outcome": "approve"}, row)
    with pytest.raises(Refusal) as caught:
        operations.load_reference_verdicts(plan=world.plan, rows=rows, reviewer=world.lead, at=NOW)
    assert (caught.value.facts["row"], caught.value.facts["column"]) == (2, column)
    assert Verdict.objects.count() == 0


def test_other_reference_verdict_is_refused() -> None:
    world = build(decisions=1)
    row = {"decision_key": "shop:d1", "outcome": "approve"}
    operations.load_reference_verdicts(plan=world.plan, rows=[row], reviewer=world.lead, at=NOW)
    with refused("reviews.bad_reference"):
        operations.load_reference_verdicts(
            plan=world.plan, rows=[row | {"outcome": "escalate"}], reviewer=world.lead, at=NOW
        )
