"""``letterbox deliver``: what the ATS is told again, or for the first time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from letterbox.domain.application import Stage
from letterbox.domain.journal_actions import JournalAction
from letterbox.settings import load_settings
from letterbox_cli.completion import references
from letterbox_cli.confirmation import DryRun
from letterbox_cli.known_ats import refuse_without_ats
from letterbox_cli.options import Json, Ndjson, OptionalId
from letterbox_cli.send_update import send_update
from letterbox_cli.times import parse_moment
from letterbox_cli.updates import print_status

_PER_SECOND = 20.0


def add_to(app: typer.Typer) -> None:
    """Add the command that tells the ATS."""
    app.command(
        epilog="Examples: letterbox deliver careerjet:12 · letterbox deliver --test · "
        "letterbox deliver --stage matched --since 2026-03-01 --dry-run"
    )(deliver)


Everything = Annotated[bool, typer.Option("--all", help="All applications.")]
OfStage = Annotated[
    Stage | None,
    typer.Option(metavar="STAGE", help=f"All in this stage: {', '.join(Stage)}."),
]
OfPosition = Annotated[
    str | None,
    typer.Option(
        metavar="REF", help="All for this position.", autocompletion=references
    ),
]
OfHirer = Annotated[str | None, typer.Option(help="All of this hirer.")]
Since = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME",
        parser=parse_moment,
        help="All received at this time or later (UTC).",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME", parser=parse_moment, help="All received before this time (UTC)."
    ),
]
After = Annotated[str, typer.Option(metavar="ID", help="Continue after this one.")]
Rate = Annotated[
    float,
    typer.Option(metavar="N", min=0.1, max=1000, help="Applications per second."),
]
Test = Annotated[
    bool, typer.Option("--test", help="Send a signed test event and print the answer.")
]
Enable = Annotated[
    bool,
    typer.Option(
        "--enable", help="Resume after the ATS answered 410; send what it missed."
    ),
]


def deliver(
    application_id: OptionalId = None,
    all_: Everything = False,
    stage: OfStage = None,
    position: OfPosition = None,
    hirer: OfHirer = None,
    since: Since = None,
    until: Until = None,
    after: After = "",
    rate: Rate = _PER_SECOND,
    dry_run: DryRun = False,
    test: Test = False,
    enable: Enable = False,
    as_json: Json = False,
    ndjson: Ndjson = False,
) -> None:
    """
    Send an application, or many by filters, to the ATS again.

    Missed events go first, also those from before there was an ATS.
    """
    from letterbox_cli.deliver_many import Selection, deliver_many
    from letterbox_cli.deliver_trial import send_test

    selection = Selection(
        all=all_,
        stage=stage,
        position=position,
        hirer=hirer,
        since=since,
        until=until,
        after=after,
    )
    if (bool(application_id) or enable) + selection.is_any + test != 1:
        raise typer.BadParameter(
            "give exactly one of these: an application, filters (--all, --stage …),"
            " --test or --enable"
        )
    for name, is_given in (("--dry-run", dry_run), ("--ndjson", ndjson)):
        if is_given and not selection.is_any:
            raise typer.BadParameter(f"{name} needs filters: --all, --stage …")
    if test:
        send_test(load_settings(), as_json=as_json)
    elif selection.is_any:
        deliver_many(
            load_settings(),
            selection,
            rate=rate,
            dry_run=dry_run,
            style="ndjson" if ndjson else "json" if as_json else "text",
        )
    else:
        _deliver_one(application_id, enable=enable, as_json=as_json)


def _deliver_one(application_id: str | None, *, enable: bool, as_json: bool) -> None:
    if enable:
        from letterbox.ats.switch import DeliverySwitch
        from letterbox_cli.context import open_store
        from letterbox_cli.deliver_enable import catch_up

        store = open_store()
        DeliverySwitch(store).enable()
        typer.echo("delivery is on", err=as_json)
        catch_up(load_settings(), store, quietly=as_json)
    if application_id:
        from letterbox_cli.deliver_enable import catch_up_and_deliver

        refuse_without_ats(load_settings())
        status = send_update(
            application_id,
            lambda updates: catch_up_and_deliver(updates, application_id),
            JournalAction.DELIVER,
        )
        print_status(status, as_json=as_json)
