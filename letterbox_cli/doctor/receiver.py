"""The hirer's ATS."""

import httpx

from letterbox.ats.switch import DeliverySwitch
from letterbox.checks import Finding, ok, wrong
from letterbox.network_reasons import reason_of
from letterbox.resources import open_receiver, open_store
from letterbox.settings import Settings
from letterbox_cli.doctor.clocks import server_ahead
from letterbox_cli.doctor.findings import TIMEOUT, all_of, in_thread, safely


async def receiver(settings: Settings) -> list[Finding]:
    """Look whether events would go out; none is sent."""
    if not settings.delivery_url:
        return [ok("delivery", "off: LETTERBOX_DELIVERY_URL is not set")]
    return await all_of(
        safely("delivery", _signing(settings)),
        safely("delivery", in_thread(_switch, settings)),
        safely("delivery", _address(settings)),
    )


async def _signing(settings: Settings) -> list[Finding]:
    async with open_receiver(settings):
        words = f"events are signed with {len(settings.delivery_secret)} secret(s)"
        return [ok("delivery", words)]


def _switch(settings: Settings) -> list[Finding]:
    if DeliverySwitch(open_store(settings)).disabled(settings.delivery_url):
        words = (
            "the ATS has said 410, and nothing is delivered: when it wants events "
            "again, `letterbox deliver --enable`"
        )
        return [wrong("delivery", words)]
    return [ok("delivery", "switched on")]


async def _address(settings: Settings) -> list[Finding]:
    """Ask the ATS for nothing; the address is not told, for there may be a secret."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as http:
            await server_ahead(http, settings.delivery_url)
    except httpx.HTTPError as error:
        words = f"the ATS does not answer at LETTERBOX_DELIVERY_URL: {reason_of(error)}"
        return [wrong("delivery", words)]
    return [ok("delivery", "the ATS answers")]
