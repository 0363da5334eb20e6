"""All the network and disk that Letterbox touches, behind the domain's ports."""
