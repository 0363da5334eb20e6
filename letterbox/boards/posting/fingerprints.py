"""What tells a repeat from another application."""

from hashlib import sha256


def fingerprint(*parts: str | bytes) -> str:
    """Digest what makes two submissions the same application."""
    digest = sha256()
    for part in parts:
        encoded = part.encode() if isinstance(part, str) else part
        # Lengths keep "ab","c" apart from "a","bc".
        digest.update(b"%d:" % len(encoded) + encoded)
    return digest.hexdigest()
