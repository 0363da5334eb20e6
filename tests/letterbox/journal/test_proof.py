"""A journal that somebody has tampered with is found out, in every way there is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from letterbox.domain.ids import key_part
from letterbox.domain.journal import EntryName, JournalEntry, digest
from letterbox.journal.proof import JournalProof, accept, note
from letterbox.journal.sweep import remove_old_days
from letterbox.storage.objects import listed_keys
from tests.letterbox.journal.journal_days import FIRST, ONE, JournalDays


@pytest.fixture(name="days")
def _days(tmp_path: Path) -> JournalDays:
    """Have three days of two writers, which an audit has seen, and one more since."""
    days = JournalDays(tmp_path)
    days.live(3)
    days.audit()
    days.live(1)
    return days


def test_a_journal_that_nobody_has_touched_is_whole(days: JournalDays) -> None:
    """By all of its entries, and by their names alone."""
    assert days.prove() == []
    assert days.prove(fast=True) == []


def test_an_entry_that_was_edited_is_found(days: JournalDays) -> None:
    """Who did it cannot be made another, anywhere in a chain."""
    name = days.names(0)[4]
    days.rewrite(name, operator="mallory")

    [problem] = days.prove()

    where = f"{name.day} {name.chain} 6 does not follow 5: one was changed"
    assert problem == f"{where} (now {digest(days.store.get(name.key))[:12]})"


def test_the_last_entry_that_an_audit_saw_cannot_be_edited(tmp_path: Path) -> None:
    """Though nothing follows it whose digest would tell."""
    days = JournalDays(tmp_path)
    days.live(1)
    days.audit()
    last = days.names(0)[-1]
    days.rewrite(last, operator="mallory")

    [problem] = days.prove()

    where = f"{last.day} {last.chain} 3 was changed since an audit saw it"
    assert problem == f"{where} (now {digest(days.store.get(last.key))[:12]})"


def test_an_entry_that_is_gone_is_found(days: JournalDays) -> None:
    """In the middle of a chain its number is missing: no need to read any."""
    name = days.names(1)[4]
    days.store.delete(name.key)

    for fast in (True, False):
        [problem] = days.prove(fast=fast)
        assert f"{name.chain} 6 comes after 4" in problem


def test_the_beginning_of_a_chain_that_is_gone_is_found(days: JournalDays) -> None:
    """Only a sweep removes what is old, and says so."""
    first = days.names(0)[0]
    days.store.delete(first.key)

    [problem] = days.prove(fast=True)

    assert "the beginning is missing" in problem


def test_a_chain_that_was_cut_at_its_end_is_found(days: JournalDays) -> None:
    """By the audit that saw more of it."""
    days = _cut(days, 3)

    problems = days.prove()

    assert len(problems) == 1
    assert "is missing: an audit saw it" in problems[0]
    assert days.prove(fast=True) == problems


def _cut(days: JournalDays, number: int) -> JournalDays:
    """Remove the end of a chain that has not gone on since the audit."""
    kept = [name for name in days.names(0) if name.number <= 9]
    for name in days.names(0):
        if name.number > 9 or name in kept[-number:]:
            days.store.delete(name.key)
    return days


def test_a_whole_chain_that_is_gone_is_found(days: JournalDays) -> None:
    """Nothing is left that its entries would contradict."""
    gone = days.names(1)
    for name in gone:
        days.store.delete(name.key)

    problems = days.prove()

    assert {problem.split()[1] for problem in problems} == {gone[0].chain}
    assert days.prove(fast=True) == problems


def test_a_whole_day_that_is_gone_is_found(days: JournalDays) -> None:
    """The first one, so that no entry before it is missed."""
    day = min(name.day for name in days.names())
    days.store.remove_below(f"journal/{day}/")

    assert any(problem.startswith(str(day)) for problem in days.prove())


def test_entries_that_changed_their_places_are_found(days: JournalDays) -> None:
    """Each says which one it is, in the name and in itself."""
    one, other = days.names(0)[:2]
    bodies = days.store.get(one.key), days.store.get(other.key)
    days.store.put(other.key, bodies[0])
    days.store.put(one.key, bodies[1])

    problems = days.prove()

    assert [problem.split()[2] for problem in problems] == ["1", "2", "3"]
    assert all("is not the entry of its name" in problem for problem in problems[:2])


def test_an_entry_that_was_put_between_is_found(days: JournalDays) -> None:
    """There is no number for it."""
    name = days.names(0)[3]
    days.store.put(
        name.key.replace("~careerjet:one", "~careerjet:two"), days.store.get(name.key)
    )
    copied = name.key.replace(name.time, "235959000000")
    days.store.put(copied, days.store.get(name.key))

    assert any("is there twice" in problem for problem in days.prove(fast=True))
    assert any("is not the entry of its name" in one for one in days.prove())


def test_two_who_have_gone_on_with_one_chain_are_found(days: JournalDays) -> None:
    """As two processes do that were copied with what they had in memory."""
    key = days.write()
    entry = JournalEntry.stored(key, days.store.get(key))
    later = entry.at + timedelta(seconds=1)
    other = entry.model_copy(update={"at": later, "operator": "john.roe"})
    days.store.put(other.key, other.body())

    for fast in (True, False):
        assert any("is there twice" in problem for problem in days.prove(fast=fast))


def test_a_chain_that_was_written_anew_from_an_entry_on_is_found(
    days: JournalDays,
) -> None:
    """Each entry follows the one before it: an audit has noted another end."""
    first, *others = days.names(0)
    days.rewrite(first, operator="mallory")
    before = first
    for name in others:
        days.rewrite(name, previous=digest(days.store.get(before.key)))
        before = name

    problems = days.prove()

    assert problems
    assert all("was changed since an audit saw it" in problem for problem in problems)


def test_what_is_added_to_a_day_that_is_over_is_found(days: JournalDays) -> None:
    """A forged entry fits the chain that it continues, and comes too late."""
    days.audit()  # Of a day later: now the days before are over for good.
    days.now -= timedelta(days=3)
    days.writers = [days.writer()]
    days.write()
    days.now += timedelta(days=3)

    [problem] = days.prove()

    assert "was added after its day was over" in problem


def test_a_note_of_an_audit_that_is_gone_is_found(days: JournalDays) -> None:
    """The latest by the result of the audit, those before by the latest."""
    known = days.audit()
    days.store.delete(known.partition(" ")[0])

    [problem] = days.prove(known_note=known)

    assert "is missing: an audit wrote it" in problem


def test_an_earlier_note_that_is_gone_is_found(days: JournalDays) -> None:
    """Notes are entries of the journal as all others are."""
    [earlier] = [key for key in listed_keys(days.store, "journal/") if "/notes/" in key]
    days.now += timedelta(days=1)
    known = days.audit()
    days.store.delete(earlier)

    name = EntryName.of(earlier)
    assert name
    assert any(name.chain in one for one in days.prove(known_note=known))


def test_what_is_no_entry_is_found(days: JournalDays) -> None:
    """Half of one, say; it quotes nothing."""
    name = days.names(0)[2]
    days.store.put(name.key, days.store.get(name.key)[:40])

    problems = days.prove()

    assert any(f"{name.chain} 3 cannot be read" in problem for problem in problems)


def test_days_that_are_old_are_removed_whole_and_not_missed(days: JournalDays) -> None:
    """What is left of chains that began then is as provable as before."""
    days.now += timedelta(days=40)
    days.write(0)
    days.audit()
    keep = timedelta(days=42)

    removed = remove_old_days(days.store, keep, days.now)
    again = remove_old_days(days.store, keep, days.now)

    assert (removed, again) == (2, 0)
    assert len({name.day for name in days.names()}) == 3
    assert days.prove() == days.prove(fast=True) == []
    days.store.delete(days.names(1)[-1].key)
    assert days.prove()


def test_a_forged_note_of_a_removal_hides_nothing_young(days: JournalDays) -> None:
    """No sweep removes what is less than a month old."""
    remove_old_days(days.store, timedelta(days=1), days.now)

    assert any("removes what is too young" in problem for problem in days.prove())


def test_what_somebody_knows_of_is_not_reported_again(days: JournalDays) -> None:
    """One accident must not hide the next one for three years."""
    one, other = days.names(0)[3], days.names(1)[3]
    days.store.delete(one.key)
    problems = days.prove()
    accept(days.store, problems, "root", days.now)
    accepted = days.prove()
    days.store.delete(other.key)

    assert (len(problems), accepted) == (1, [])
    assert other.chain in days.prove()[0]


def test_writers_at_work_are_no_finding(days: JournalDays) -> None:
    """A list that was read meanwhile shows an entry, and not the one before it."""
    days.now -= timedelta(days=1)
    days.store.hidden = days.names(0)[-2].key

    assert days.prove() == []
    assert days.store.hidden is None


def test_an_entry_that_goes_while_it_is_read_is_missing(days: JournalDays) -> None:
    """It is told by its name, like one that was gone before."""
    name = days.names(0)[4]
    days.store.gone = name.key

    assert days.prove() == [f"{name.day} {name.chain} {name.number} is missing"]


def test_nothing_of_the_candidate_is_in_an_entry(days: JournalDays) -> None:
    """Who, what, the application's id, when, and by which request: nothing else."""
    name = next(name for name in days.names(0)[1:] if name.part == key_part(ONE))

    entry = days.store.get(name.key).decode()

    assert set(json.loads(entry)) == {
        *("at", "operator", "by", "what", "application", "applications", "request_id"),
        *("schema_version", "chain", "number", "previous", "previous_day", "accepted"),
    }


def test_what_a_sweep_removes_during_an_audit_is_not_missed(days: JournalDays) -> None:
    """Neither the days, nor what chains began with that go on after them."""
    days.now += timedelta(days=40)
    days.write(0)
    days.audit()
    keep = timedelta(days=42)
    swept = []
    days.store.meanwhile = lambda: swept.append(
        remove_old_days(days.store, keep, days.now)
    )

    assert days.prove() == []
    assert swept == [2]


def test_a_sweep_during_an_audit_hides_nothing_of_the_days_that_stay(
    days: JournalDays,
) -> None:
    """All is looked at once more, with what is there now."""
    days.now += timedelta(days=40)
    days.write(0)
    days.audit()
    last = days.names(0)[-1]
    days.rewrite(last, operator="mallory")
    keep = timedelta(days=42)
    days.store.meanwhile = lambda: remove_old_days(days.store, keep, days.now)

    [problem] = days.prove()

    assert problem.startswith(f"{last.day} {last.chain} {last.number} was changed")


def test_a_note_of_an_audit_that_was_changed_is_found(days: JournalDays) -> None:
    """By its digest, which may come before the one that it had, or behind it."""
    known = days.audit()
    key, _, expected = known.partition(" ")
    whole = days.store.get(key)
    assert days.prove(known_note=known) == []

    changed = [whole + blanks * b" " for blanks in range(1, 100)]
    for body in (min(changed, key=digest), max(changed, key=digest)):
        days.store.put(key, body)

        [problem] = days.prove(known_note=known)

        assert problem.endswith(f"was changed (now {digest(body)[:12]})")
    assert digest(min(changed, key=digest)) < expected
    assert digest(max(changed, key=digest)) > expected


def test_an_audit_notes_the_ends_since_the_one_before_it(tmp_path: Path) -> None:
    """Of the days with entries alone; what was noted is not noted each time anew."""
    days = JournalDays(tmp_path)
    days.live(3)
    first = days.heads()
    days.audit()  # On the fourth day, which has this note and nothing else.
    days.now += timedelta(days=5)

    heads = days.heads()

    begun = FIRST.date()
    assert sorted(first) == [begun + timedelta(days=number) for number in range(3)]
    assert sorted(heads) == [begun + timedelta(days=number) for number in (2, 3)]
    assert all(heads.values())


def test_a_fast_audit_reads_the_ends_of_chains_alone(days: JournalDays) -> None:
    """Of the days that no audit has noted yet."""
    since = (FIRST + timedelta(days=2)).date()
    ends = {
        (name.day, name.chain): name.key for name in days.names() if name.day >= since
    }
    days.store.read.clear()

    assert days.prove(fast=True) == []

    assert {key for key in days.store.read if "/notes/" not in key} == set(
        ends.values()
    )


def test_who_waits_sees_how_far_it_is_and_the_note_says_whose_it_is(
    tmp_path: Path,
) -> None:
    """It is shown after each hundred entries: a journal of years is long."""
    days, shown = JournalDays(tmp_path), list[tuple[str, int, int | None]]()
    days.live(17)

    proof = JournalProof(
        days.store, fast=True, now=days.now, show=lambda *far: shown.append(far)
    ).run()

    assert shown == [("journal", 100, None)]
    assert proof.entries == 102
    key = (note(days.store, proof.heads, days.now) or "").partition(" ")[0]
    noted = JournalEntry.stored(key, days.store.get(key))
    assert (noted.operator, noted.by) == ("letterbox", "letterbox audit")
