"""Twenty ways to spoil one job of a feed, and what becomes of it."""

# By name: the job, with REF where its reference is, and whether it can be mended.
MALFORMED: dict[str, tuple[bytes, bool]] = {
    "control character": (b"<job><id>REF</id><d><![CDATA[a\x0bb]]></d></job>", True),
    "null byte": (b"<job><id>REF</id><title>a\0b</title></job>", True),
    "bare ampersand": (b"<job><id>REF</id><title>R&D & more</title></job>", True),
    "HTML entity": (b"<job><id>REF</id><title>a&nbsp;b</title></job>", True),
    "unknown entity": (b"<job><id>REF</id><title>a&unheard;b</title></job>", True),
    "odd byte": (b"<job><id>REF</id><title>\x93a\x94</title></job>", True),
    "surrogate": (b"<job><id>REF</id><title>&#xD800;a</title></job>", True),
    "unclosed title": (b"<job><title>a<id>REF</id></job>", True),
    "unclosed id": (b"<job><id>REF<title>a</title></job>", True),
    "unclosed paragraph": (b"<job><d><p>a<br></d><id>REF</id></job>", True),
    "crossed tags": (b"<job><id>REF</id><b><i>a</b></i></job>", True),
    "stray end": (b"<job><id>REF</id></b></job>", True),
    "open CDATA": (b"<job><d><![CDATA[a <b> c</d><id>REF</id></job>", True),
    "nested CDATA": (b"<job><id>REF</id><d><![CDATA[<![CDATA[a]]>]]></d></job>", True),
    "open comment": (b"<job><!-- a <id>REF</id></job>", True),
    "open attribute": (b'<job lang="de><id>REF</id></job>', True),
    "bare less-than": (b"<job><id>REF</id><title>a < 3 << b</title></job>", True),
    "no end of the job": (b"<job><id>REF</id><title>a</title>", True),
    "no beginning of the job": (b"<id>REF</id><title>a</title></job>", True),
    "no reference": (b"<job><title>a</title></job>", False),
    "empty": (b"<job></job>", False),
    "nothing at all": (b"<job/>", False),
    "blank reference": (b"<job><id> \n</id></job>", False),
    "endless reference": (b"<job><id>" + b"9" * 20_000 + b"</id></job>", False),
    "reference unreadable": (b"<job><id>&unheard;</id></job>", False),
    "only an end": (b"</job>", False),
}

MALFORMED_JSON: dict[str, tuple[bytes, bool]] = {
    "no quote": (b'{"reference": "REF, "title": "a"}', False),
    "no brace": (b'{"reference": "REF", "title": "a"', False),
    "two values": (b'{"reference": "REF" "a"}', False),
    "no reference": (b'{"title": "a"}', False),
    "not an object": (b'"REF"', False),
    "single quotes": (b"{'reference': 'REF'}", False),
    "python": (b'{"reference": "REF", "title": None}', False),
    "control character": (b'{"reference": "REF", "title": "a\x0bb"}', True),
    "odd byte": (b'{"reference": "REF", "title": "\x93a\x94"}', True),
    "odd status": (b'{"reference": "REF", "status": "paused"}', True),
    "odd field": (b'{"reference": "REF", "salary": 1}', True),
    "no country": (b'{"reference": "REF", "countries": ["DE", "EU"]}', True),
    "never closes": (b'{"reference": "REF", "closed_at": "9999-12-31"}', True),
}


def good(number: int) -> bytes:
    """Make a job that has nothing wrong."""
    return (
        b"<job><id>%d</id><title>Title %d</title><d><![CDATA[<p>a &nbsp; b]]></d></job>"
        % (number, number)
    )
