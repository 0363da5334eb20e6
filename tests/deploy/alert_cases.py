"""What goes wrong at an installation, and which alerts tell of it for how long."""

from tests.deploy.alerting import Case, schedule, slots

_ANSWERS = 'letterbox_answers_total{{board="{}", answer="{}", instance="{}"}}'
_RUN, _SUCCESS = "last_run_timestamp_seconds", "last_success_timestamp_seconds"
_SWEEP = "inbox-sweep"


def answers(answer: str, board: str = "careerjet", instance: str = "a") -> str:
    """Name the series of an answer to a board."""
    return _ANSWERS.format(board, answer, instance)


def _deliveries(outcome: str) -> str:
    return f'letterbox_deliveries_total{{outcome="{outcome}", instance="w"}}'


def _steps(name: str) -> str:
    return f'temporal_activity_execution_failed_total{{activity_type="{name}"}}'


def _polled(instance: str) -> str:
    name = "letterbox_reconcile_last_success_timestamp_seconds"
    return f'{name}{{board="seek", instance="{instance}"}}'


def _statuses(outcome: str) -> str:
    return f'letterbox_statuses_total{{board="seek", outcome="{outcome}"}}'


def _operators(status: int) -> str:
    return f'letterbox_operator_requests_total{{method="GET", status="{status}"}}'


_UNREADABLE = 'letterbox_events_total{{board="seek", kind="unreadable", instance="{}"}}'
_INBOX = 'letterbox_inbox_depth{instance="a"}'
_OLDEST = 'letterbox_inbox_oldest_seconds{instance="a"}'
_READ = 'letterbox_inbox_read_timestamp_seconds{instance="a"}'
_OVERDUE = 'letterbox_archives_overdue{instance="a"}'
_SLOW = 'letterbox_answer_seconds_bucket{{board="seek", le="{}"}}'
_FAILED = 'temporal_workflow_task_execution_failed_total{workflow_type="Application"}'
_PROBE = 'probe_success{{job="letterbox-proxy", probe="{}"}}'
_EXPIRY = 'probe_ssl_earliest_cert_expiry{instance="p"}'
_DISK = 'node_filesystem_avail_bytes{job="disk"}'
_IMPORTED = 'letterbox_catalogue_last_import_timestamp_seconds{instance="a"}'
_DISABLED = 'letterbox_delivery_disabled{instance="a"}'
_DAY = 86400


def _lasting(
    *alerts: str, since: float = 1.5, until: float = 3
) -> dict[float, set[str]]:
    """Say that alerts fire, and still do hours later."""
    return {since: set(alerts), until: set(alerts)}


INTAKE = [
    Case(
        "all is well",
        {
            answers("accepted"): "0+60x9999",
            answers("closed"): "0+20x9999",
            answers("invalid-source"): "0+1x9999",
            'letterbox_starts_total{outcome="started"}': "0+60x9999",
            _deliveries("delivered"): "0+60x9999",
            _operators(200): "0+10x9999",
        },
        {1: set(), 5: set()},
    ),
    Case(
        "five of a hundred are not accepted for reasons of ours",
        {answers("accepted"): "0+60x9999", answers("unexpected"): "0+3x9999"},
        _lasting("LetterboxRefusesBoards"),
    ),
    Case(
        "garbage of strangers pages nobody",
        {
            answers("malformed"): "0+2x9999",
            answers("invalid-source", "seek"): "0+500x9999",
            answers("accepted", "seek"): "0+1x9999",
            answers("MalformedError", "seek"): "0+50x9999",
        },
        _lasting("LetterboxSignaturesWrong"),
    ),
    Case(
        "garbage does not thin out what is refused for reasons of ours",
        {
            answers("accepted"): "0+10x9999",
            answers("unexpected"): "0+1x9999",
            answers("malformed"): "0+9000x9999",
        },
        _lasting("LetterboxRefusesBoards"),
    ),
    Case(
        "half of the answers are slow",
        {_SLOW.format("1"): "0+1x9999", _SLOW.format("5"): "0+9x9999"}
        | {_SLOW.format("+Inf"): "0+9x9999"},
        _lasting("LetterboxAnswersSlow", "LetterboxSomeAnswersSlow"),
    ),
    Case(
        "some answers are slow",
        {_SLOW.format("1"): "0+90x9999", _SLOW.format("5"): "0+99x9999"}
        | {_SLOW.format("+Inf"): "0+99x9999"},
        _lasting("LetterboxSomeAnswersSlow"),
    ),
    Case(
        "the catalogue lacks what boards advertise",
        {
            answers("accepted"): "0+1x9999",
            'letterbox_refused_references_total{board="careerjet"}': "0+1x9999",
        },
        _lasting("LetterboxReferencesRefused"),
    ),
    Case(
        "one application comes again and again",
        {'letterbox_deliveries_dropped_total{board="careerjet"}': "0+1x9999"},
        _lasting("LetterboxDeliveriesDropped"),
    ),
    Case(
        "a single application comes under a crowded id",
        {answers("crowded-id"): "0x30 1x9999"},
        {0.4: set(), 3: set()} | _lasting("LetterboxIdCrowded", since=0.75, until=1.2),
    ),
    Case(
        "no API answers",
        {'up{job="letterbox-api", instance="a"}': "1x30 0x9999"},
        _lasting("LetterboxApiAbsent"),
    ),
    Case(
        "the store hangs",
        {_READ: "0+60x30 1800x9999"},
        _lasting("LetterboxStoreUnreachable"),
    ),
    Case(
        "the store was never there",
        {_READ: "NaN+0x9999", _INBOX: "NaN+0x9999", _OLDEST: "NaN+0x9999"},
        _lasting("LetterboxStoreUnreachable"),
    ),
    Case(
        "the inbox grows beyond what is counted, and stays",
        {_INBOX: "0+400x25 10000x9999"},
        _lasting("LetterboxInboxDeep", "LetterboxInboxStuck", until=3),
    ),
    Case(
        "ninety lie there for two hours, and how old they are is not known",
        {_INBOX: "90x9999", _OLDEST: "NaN+0x9999"},
        _lasting("LetterboxInboxStuck", since=2),
    ),
    Case(
        "one lies there and gets older",
        {_OLDEST: "0+60x9999"},
        {0.25: set(), 0.5: {"LetterboxInboxOld"}}
        | _lasting("LetterboxInboxOld", "LetterboxInboxStuck"),
    ),
    Case(
        "a busy inbox is never empty and never old",
        {_INBOX: "40 20 300 15 30x9999", _OLDEST: "3x9999"},
        {1: set(), 5: set()},
    ),
    Case(
        "workflows do not start at once",
        {
            'letterbox_starts_total{outcome="left"}': "0+1x9999",
            'letterbox_starts_total{outcome="started"}': "0+9x9999",
        },
        _lasting("LetterboxStartsLeftToSweep"),
    ),
    Case(
        "APIs of another release lack what is asked",
        {_OVERDUE: None},
        _lasting("LetterboxGaugesAbsent"),
    ),
]

PROXY = [
    Case(
        "the proxy is dead",
        {_PROBE.format("answers"): "0x9999", _PROBE.format("buffers"): "0x9999"},
        _lasting("LetterboxProxyFails"),
    ),
    Case(
        "the proxy has no room for bodies",
        {_PROBE.format("buffers"): "1x30 0x9999"},
        _lasting("LetterboxProxyFails"),
    ),
    Case(
        "nobody asks the proxy",
        {_PROBE.format("answers"): None, _PROBE.format("buffers"): None},
        _lasting("LetterboxProxyUnwatched"),
    ),
    Case(
        "the certificate ends in twenty days",
        {_EXPIRY: f"{20 * _DAY}x9999"},
        _lasting("LetterboxCertificateEnds"),
    ),
    Case(
        "the certificate ends in two days",
        {_EXPIRY: f"{2 * _DAY}x9999"},
        _lasting("LetterboxCertificateEnds", "LetterboxCertificateEndsSoon"),
    ),
    Case(
        "the operator API fails",
        {_operators(200): "0+9x9999", _operators(500): "0+1x9999"},
        _lasting("LetterboxOperatorsFail"),
    ),
    Case(
        "the operator API is asked with a wrong token",
        {_operators(200): "0+9x9999", _operators(401): "0+5x9999"},
        _lasting("LetterboxOperatorsRefused"),
    ),
]

WORK = [
    Case(
        "no worker answers",
        {'up{job="letterbox-worker", instance="w"}': None},
        _lasting("LetterboxWorkerAbsent"),
    ),
    Case(
        "Temporal does not answer",
        {'up{job="temporal", instance="t"}': "0x9999"},
        _lasting("TemporalAbsent"),
    ),
    Case(
        "Temporal cannot be asked",
        {'letterbox_temporal_read_timestamp_seconds{instance="a"}': "0+60x9 540x9999"},
        _lasting("LetterboxTemporalUnread"),
    ),
    Case(
        "archives are late, and the API is deployed anew",
        {_OVERDUE: "0x30 3x60 _ _ _ 0 3x9999"},
        _lasting("LetterboxArchiveOverdue", since=1)
        | {1.6: {"LetterboxArchiveOverdue"}},
    ),
    Case(
        "an archive was late and is not any more",
        {_OVERDUE: "3x60 0x9999", "letterbox_overdue_total": "3x9999"},
        {1: {"LetterboxArchiveOverdue"}, 2: set()},
    ),
    Case(
        "a worker says that an archive is late, is restarted, and no API can tell",
        {_OVERDUE: None, "letterbox_overdue_total": "_x30 1x30 _x9999"},
        _lasting("LetterboxArchiveOverdue", "LetterboxGaugesAbsent", since=1),
    ),
    Case(
        "an application is not recorded",
        {'letterbox_applications_unrecorded{instance="a"}': "1x9999"},
        _lasting("LetterboxUnrecorded"),
    ),
    Case(
        "an application is withheld for hours",
        {'letterbox_applications_unavailable{instance="a"}': "1x9999"},
        {1: set()} | _lasting("LetterboxUnavailable", since=7, until=20),
        minutes=30,
    ),
    Case(
        "workflow code fails once at each of its workers' starts",
        {_FAILED: "_x60 1x20 _x5 1x20 _x9999"},
        {0.9: set(), 1.2: {"LetterboxWorkflowTasksFail"}, 4: set()},
    ),
    Case(
        "workflow code goes on failing",
        {_FAILED: "0+1x9999"},
        _lasting("LetterboxWorkflowTasksFail"),
    ),
    Case(
        "SEEK refuses our credentials",
        {_steps("fetch_application"): "0+1x9999"},
        _lasting("LetterboxStepsFail"),
    ),
    Case(
        "a step fails now and then",
        {
            _steps("fetch_application"): "0+1x9999",
            "temporal_activity_succeed_endtoend_latency_count"
            '{activity_type="fetch_application"}': "0+20x9999",
        },
        {2: set(), 5: set()},
    ),
    Case(
        "every slot for the ATS is taken, one of them not at every moment",
        {slots("letterbox-ats"): "0x30 1 0x30 1 0x30 1 0x9999"},
        _lasting("LetterboxWorkerFull", since=1),
    ),
    Case(
        "the ATS refuses for a day",
        {_deliveries("failed"): "0+2x9999", _deliveries("delivered"): "0+1x9999"},
        _lasting("LetterboxDeliveriesFail", since=1, until=11)
        | _lasting(
            "LetterboxDeliveriesFail",
            "LetterboxDeliveriesFailForLong",
            since=14,
            until=20,
        ),
        minutes=30,
    ),
    Case(
        "the ATS has said 410, once, and the worker is restarted",
        {
            _deliveries("disabled"): "_x2 1x1 _x9999",
            _DISABLED: "0x1 1x9999",
        },
        {0.5: set()} | _lasting("LetterboxDeliveryDisabled", since=1, until=100),
        minutes=30,
    ),
    Case(
        "the ATS has said 410, and a person turns it on again",
        {_DISABLED: "_x10 1x300 0x9999"},
        {6: set()} | _lasting("LetterboxDeliveryDisabled", since=0.4, until=5),
    ),
    Case(
        "a document ends workers, whose count begins with it",
        {'letterbox_documents_unlooked_total{instance="w"}': "_x2 1x9999"},
        {0.5: set(), 30: set()} | _lasting("LetterboxDocumentsUnlooked", since=1),
        minutes=30,
    ),
    Case(
        "another document ends workers",
        {'letterbox_documents_unlooked_total{instance="w"}': "1x49 2x9999"},
        {24.5: set(), 50: set()}
        | _lasting("LetterboxDocumentsUnlooked", since=25, until=40),
        minutes=30,
    ),
    Case(
        "an application is not recorded for days",
        {'letterbox_unrecorded_total{instance="w"}': "_x2 1x47 2x9999"},
        {0.5: set()} | _lasting("LetterboxUnrecordedForDays", since=1, until=40),
        minutes=30,
    ),
    Case(
        "the scanner is away",
        {'letterbox_documents_scanned_total{verdict="unscanned"}': "0x30 1+1x9999"},
        _lasting("LetterboxDocumentsUnscanned"),
    ),
]

SCHEDULED = [
    Case(
        "the sweep stops",
        {schedule(_RUN, _SWEEP): "0+60x60 3600x9999"}
        | {schedule(_SUCCESS, _SWEEP): "0+60x60 3600x9999"},
        _lasting("LetterboxScheduleLate", "LetterboxScheduleStopped"),
    ),
    Case(
        "the sweep fails",
        {schedule(_SUCCESS, _SWEEP): "0+60x60 3600x9999"},
        {2: {"LetterboxScheduleFails"}}
        | _lasting(
            "LetterboxScheduleFails", "LetterboxScheduleFailsForLong", since=4, until=9
        ),
    ),
    Case(
        "the audit was made and has not run yet",
        {schedule(_RUN, "audit"): "0x9999", schedule(_SUCCESS, "audit"): "0x9999"},
        {20: set()} | _lasting("LetterboxScheduleNeverRan", since=27, until=40),
        minutes=30,
    ),
    Case(
        "the audit does not run any more",
        {schedule(_RUN, "audit"): "60x9999", schedule(_SUCCESS, "audit"): "60x9999"},
        {70: set()} | _lasting("LetterboxScheduleLate", since=74, until=90),
        minutes=60,
    ),
    Case(
        "a board's events are not read any more, and the worker was started anew",
        {
            _polled("a"): "0+1800x2 3600x2 _x9999",
            _polled("b"): "_x4 3600x9999",
        },
        {20: set()} | _lasting("LetterboxEventsUnread", since=26, until=48),
        minutes=30,
    ),
    Case(
        "a polled event cannot be read, by a worker that is then started anew",
        {_UNREADABLE.format("w"): "_x2 1x2 _x9999"},
        {0.5: set()} | _lasting("LetterboxEventsUnreadable", since=1, until=20),
        minutes=30,
    ),
    Case(
        "another event that a board has posted cannot be read",
        {_UNREADABLE.format("a"): "1x49 2x9999"},
        {24.5: set()} | _lasting("LetterboxEventsUnreadable", since=25, until=40),
        minutes=30,
    ),
    Case(
        "a board takes no status for months",
        {
            _statuses("sent"): "0x9999",
            _statuses("failed"): "0+1x9999",
        },
        {4: set()} | _lasting("LetterboxStatusesRefused", since=8, until=40),
        minutes=30,
    ),
    Case(
        "a board refuses one status, and takes the others",
        {
            _statuses("sent"): "0+5x9999",
            _statuses("refused"): "0+1x9999",
        },
        {8: set(), 20: set()},
        minutes=30,
    ),
    Case(
        "a board has no word for what the ATS reports",
        {_statuses("unsupported"): "0+1x9999"},
        {8: set(), 20: set()},
        minutes=30,
    ),
    Case(
        "a schedule is paused for maintenance, and forgotten",
        {schedule("paused", "archive-watch"): "0x30 1x9999"},
        {1: set()} | _lasting("LetterboxSchedulePaused", since=1.7),
    ),
    Case(
        "somebody removes a schedule",
        {schedule("interval_seconds", "archive-watch"): "600x60 _x9999"},
        _lasting("LetterboxScheduleGone", since=1.8),
    ),
    Case(
        "there is no sweep",
        {schedule(what, _SWEEP): None for what in (_RUN, _SUCCESS, "paused")}
        | {schedule("interval_seconds", _SWEEP): None},
        _lasting("LetterboxSweepMissing"),
    ),
    Case(
        "the audit finds something",
        {'letterbox_audit_fine{instance="a"}': "0x9999"},
        _lasting("LetterboxAuditNotFine"),
    ),
    Case(
        "no audit ends",
        {'letterbox_audit_last_run_timestamp_seconds{instance="a"}': "0x9999"},
        {70: set()} | _lasting("LetterboxAuditLate", since=74, until=80),
        minutes=60,
    ),
    Case(
        "the last import was not whole",
        {'letterbox_catalogue_whole{instance="a"}': "0x9999"},
        _lasting("LetterboxCatalogueNotWhole", since=3, until=5),
    ),
    Case(
        "there is no catalogue",
        {
            'letterbox_catalogue_whole{instance="a"}': "0x9999",
            _IMPORTED: "NaN+0x9999",
        },
        {3: set(), 5: set()},
    ),
    Case(
        "no feed has been imported for a week",
        {_IMPORTED: "60x9999"},
        {160: set()} | _lasting("LetterboxCatalogueOld", since=170, until=190),
        minutes=60,
    ),
]

MACHINE = [
    Case(
        "the disk fills",
        {_DISK: "15x9999"},
        _lasting("LetterboxDiskFills"),
    ),
    Case(
        "the disk is full",
        {_DISK: "4x9999"},
        _lasting("LetterboxDiskFills", "LetterboxDiskFull"),
    ),
    Case(
        "nobody looks at the disk",
        {_DISK: None},
        {1: set()},
    ),
]

# A value every hour, and six hundred applications an hour.
_WEEKS = 24 * 7
RHYTHM = [
    Case(
        "a board is silent for 23 hours after a day of six hundred an hour",
        {answers("accepted"): "0+600x24 14400x9999"},
        {24.0: set(), 28: {"LetterboxBoardSilent"}, 47: {"LetterboxBoardSilent"}}
        | {90: {"LetterboxBoardSilent"}},
        minutes=60,
    ),
    Case(
        "a board is silent, and every API has been started anew since",
        {answers("accepted"): "0+600x24 _x9999"},
        _lasting("LetterboxBoardSilent", since=28, until=47),
        minutes=60,
    ),
    Case(
        "a board of weeks falls silent for days",
        {answers("accepted"): "0+600x330 198000x9999"},
        {330: set()} | _lasting("LetterboxBoardSilent", since=340, until=500),
        minutes=60,
    ),
    Case(
        "a board of 144 a day falls silent",
        {answers("accepted"): "0+6x50 300x9999"},
        {49: set()} | _lasting("LetterboxBoardSilent", since=78, until=90),
        minutes=60,
    ),
    Case(
        "a board that is slow at weekends is slow at weekends",
        {
            answers("accepted"): " ".join(
                f"{5 * 24 * 600 * week}+600x119 {5 * 24 * 600 * (week + 1)}x47"
                for week in range(4)
            )
        },
        {_WEEKS * 2 - 10: set(), _WEEKS * 3 - 30: set(), _WEEKS * 3 + 20: set()},
        minutes=60,
    ),
    Case(
        "a board that has no rhythm sends nothing",
        {answers("accepted"): "0x24 1x24 3x24 4x9999"},
        {30: set(), 60: set(), 100: set()},
        minutes=60,
    ),
]
CASES = [*INTAKE, *PROXY, *WORK, *SCHEDULED, *MACHINE, *RHYTHM]
