"""Checks that events would reach the ATS; none is sent."""

import httpx

from letterbox.ats.switch import DeliverySwitch
from letterbox.checks import CheckResult, ok, wrong
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.plurals import plural
from letterbox.network_reasons import reason_of
from letterbox.resources import open_receiver, open_store
from letterbox.settings import Settings
from letterbox_cli.doctor.checking import TIMEOUT, all_of, in_thread, safely
from letterbox_cli.doctor.clocks import server_ahead


async def receiver(settings: Settings) -> list[CheckResult]:
    """Check the secrets, the switch and the address of the ATS."""
    if not settings.delivery_url:
        return [ok("delivery", "off: LETTERBOX_DELIVERY_URL is not set")]
    return await all_of(
        safely("delivery", _signing(settings)),
        safely("delivery", in_thread(_switch, settings)),
        safely("delivery", _address(settings)),
    )


async def _signing(settings: Settings) -> list[CheckResult]:
    async with open_receiver(settings):
        number = len(settings.delivery_secret)
        message = f"events are signed with {plural(number, 'secret')}"
        return [ok("delivery", message)]


def _switch(settings: Settings) -> list[CheckResult]:
    try:
        is_disabled = DeliverySwitch(open_store(settings)).disabled(
            settings.delivery_url
        )
    except StoreUnavailableError:
        return []  # Reported already, by the check of the store.
    if is_disabled:
        message = (
            "the ATS has answered 410, so nothing is delivered: when it is ready "
            "again, run `letterbox deliver --enable`"
        )
        return [wrong("delivery", message)]
    return [ok("delivery", "switched on")]


async def _address(settings: Settings) -> list[CheckResult]:
    """Ask for nothing, and do not print the address, which may hold a secret."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as http:
            await server_ahead(http, settings.delivery_url)
    except httpx.HTTPError as error:
        message = (
            f"the ATS does not answer at LETTERBOX_DELIVERY_URL: {reason_of(error)}"
        )
        return [wrong("delivery", message)]
    return [ok("delivery", "the ATS answers")]
