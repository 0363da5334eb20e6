"""Whether there is an ATS, by the settings and by what workers note in the store."""

from letterbox.domain.errors import SettingsError, StoreUnavailableError
from letterbox.settings import Settings

NO_ATS = "there is no ATS: set LETTERBOX_DELIVERY_URL and LETTERBOX_DELIVERY_SECRET"


def has_ats(settings: Settings) -> bool:
    """Return whether an ATS is configured, here or where a worker runs."""
    from letterbox.ats.presence import AtsMark
    from letterbox.resources import open_store

    if settings.delivery_url:
        return True
    try:
        return AtsMark(open_store(settings, hurried=True)).is_fresh()
    except StoreUnavailableError:
        return True  # Nothing is known of it.


def refuse_without_ats(settings: Settings) -> None:
    """Raise SettingsError where nobody is to be sent anything."""
    if not has_ats(settings):
        raise SettingsError(NO_ATS)
