"""An address that wants nothing more is left alone, and no other."""

import pytest

from letterbox.ats.switch import DeliverySwitch
from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore

URL = "https://ats.example.com/events?key=secret"


def test_an_address_is_disabled_until_somebody_says_so(store: ObjectStore) -> None:
    """By any process: the store remembers."""
    was = DeliverySwitch(store).disabled(URL)
    DeliverySwitch(store).disable(URL)
    DeliverySwitch(store).disable(URL)
    disabled = DeliverySwitch(store).disabled(URL)
    DeliverySwitch(store).enable()
    DeliverySwitch(store).enable()

    assert (was, disabled) == (False, True)
    assert not DeliverySwitch(store).disabled(URL)


def test_a_410_of_one_address_disables_no_other(store: ObjectStore) -> None:
    """The operator has set up another ATS; what the old one said is no matter."""
    DeliverySwitch(store).disable(URL)

    assert not DeliverySwitch(store).disabled(URL + "2")


def test_a_disabled_address_is_stored_as_a_digest_only(store: ObjectStore) -> None:
    """There may be a secret in it."""
    DeliverySwitch(store).disable(URL)

    assert b"secret" not in store.get(keys.DELIVERY_DISABLED)


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b'{"url_sha256": 3}', b"{"])
def test_a_note_that_cannot_be_read_disables_no_address(
    damage: bytes, store: ObjectStore
) -> None:
    """One object must not keep every event of every application from the ATS."""
    store.put(keys.DELIVERY_DISABLED, damage)

    assert not DeliverySwitch(store).disabled(URL)
    DeliverySwitch(store).disable(URL)
    assert DeliverySwitch(store).disabled(URL)
