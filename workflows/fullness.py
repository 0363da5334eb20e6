"""When the history of a run is long enough to go on as a new one."""

from temporalio import workflow

from workflows.state import ApplicationState

FULL = "wakes-when-full"
"""
The patch of waking for a new run, by the length of the history: a run that was long
before it goes on as new with the next thing that happens to it.
"""


async def notice_fullness(state: ApplicationState) -> None:
    """
    Wake for a new run once the history is long, whatever has made it long.

    Updates that leave the status as it is wake nobody; but a server ends a run of
    fifty thousand events, and takes no update after two thousand: an erasure neither.
    """
    info, length = workflow.info(), 0

    def is_longer() -> bool:
        now = info.get_current_history_length()
        return info.is_continue_as_new_suggested() and now > length

    while state.is_new and not state.is_full:
        await workflow.wait_condition(is_longer)
        length = info.get_current_history_length()
        state.is_full = workflow.patched(f"{FULL}-{length}")
