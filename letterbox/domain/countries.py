"""
Countries as ISO 3166-1 assigns them, and what people write instead. Pure.

The codes are those of the ISO Online Browsing Platform
(https://www.iso.org/obp/ui/#search/code/), the same as in Debian's ``iso-codes`` and in
``pycountry`` 24: both bring megabytes of names for 249 codes that change once in years.
"""

_ASSIGNED = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL "
    "BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV "
    "CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD "
    "GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM "
    "IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK "
    "LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW "
    "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR "
    "PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS "
    "ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY "
    "UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
)
ASSIGNED = frozenset(_ASSIGNED.split())

# Exceptionally or transitionally reserved, and each means one assigned code.
ALIASES = {
    "UK": "GB",
    "EL": "GR",
    "AC": "SH",
    "TA": "SH",
    "DG": "IO",
    "IC": "ES",
    "EA": "ES",
    "CP": "FR",
    "FX": "FR",
    "DD": "DE",
    "BU": "MM",
    "TP": "TL",
    "ZR": "CD",
}

_TERRITORIES = {
    "AU": "CC CX HM NF",
    "CN": "HK MO",
    "DK": "FO GL",
    "FI": "AX",
    "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "GB": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG",
    "NL": "AW BQ CW SX",
    "NO": "BV SJ",
    "NZ": "CK NU TK",
    "US": "AS GU MP PR UM VI",
}
_STATE_OF = {
    territory: state
    for state, territories in _TERRITORIES.items()
    for territory in territories.split()
}


def assigned(code: str) -> str | None:
    """Return the assigned code that is meant; None where it is none."""
    spelled = code.strip().upper()
    spelled = ALIASES.get(spelled, spelled)
    return spelled if spelled in ASSIGNED else None


def may_be_same(code: str, other: str) -> bool:
    """
    Return whether two codes may mean one place: a state and its territories are close.

    Databases of addresses give a territory's networks to its state, and who writes
    the state's code may mean its territories too. What is no assigned code (``EU``,
    ``A1``: databases have such) may be anywhere.
    """
    first, second = assigned(code), assigned(other)
    if first is None or second is None:
        return True
    return _STATE_OF.get(first, first) == _STATE_OF.get(second, second)
