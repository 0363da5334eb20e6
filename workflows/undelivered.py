"""The steps that keep what the ATS is owed beyond an application's end."""

from temporalio import workflow

from workflows.store_steps import on_store

with workflow.unsafe.imports_passed_through():
    from activities.undelivered import UndeliveredActivities
    from letterbox.domain.messages import DeliveryOrder, Found, Keeping


async def keep(application_id: str, events: tuple[DeliveryOrder, ...]) -> None:
    """Keep what could not be delivered before the workflow ends."""
    given = Keeping(application_id=application_id, events=events)
    await on_store(
        UndeliveredActivities.keep_undelivered, given, "keep what the ATS is owed"
    )


async def find(application_id: str) -> Found:
    """Find what was kept."""
    return await on_store(
        UndeliveredActivities.find_undelivered,
        application_id,
        "what is the ATS still owed?",
        a_person_waits=True,
    )


async def forget(order: DeliveryOrder) -> None:
    """Remove what was delivered."""
    await on_store(
        UndeliveredActivities.forget_undelivered, order, "the ATS has what was kept"
    )
