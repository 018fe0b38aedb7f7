"""Factors between units that people use, and what they mean."""

from __future__ import annotations

from airflow_mlmonitor.report.words import number

UNITS = {
    1000.0: "by a thousand, as from kilo to units",
    1.609344: "as from miles to kilometres",
    0.3048: "as from feet to metres",
    2.54: "as from inches to centimetres",
    25.4: "as from inches to millimetres",
    0.45359237: "as from pounds to kilograms",
    1.852: "as from knots to kilometres an hour",
    0.44704: "as from miles an hour to metres a second",
    33.8639: "as from inches of mercury to hectopascals",
    4.184: "as from calories to joules",
    3.785411784: "as from gallons to litres",
    3.6: "as from metres a second to kilometres an hour",
    60.0: "by sixty, as from minutes to seconds",
    3600.0: "as from hours to seconds",
    24.0: "as from days to hours",
    86400.0: "as from days to seconds",
    1e6: "by a million",
}
"""Factor to what it usually means; the other way round, what it means backwards."""

DEGREES = {
    (1.8, 32.0): "as from Celsius to Fahrenheit",
    (1 / 1.8, -32 / 1.8): "as from Fahrenheit to Celsius",
    (1.0, 273.15): "as from Celsius to kelvin",
    (1.0, -273.15): "as from kelvin to Celsius",
}


def meaning(factor: float, offset: float) -> str:
    """What a factor and an offset between two units usually mean.

    >>> meaning(1.609344, 0.0), meaning(1 / 1.609344, 0.0)
    ('as from miles to kilometres', 'as from miles to kilometres, backwards')
    """
    if factor in UNITS and not offset:
        return UNITS[factor]
    if factor == 100.0:
        return "as from a share to percent"
    if factor == -1.0:
        return "with the other sign"
    if (factor, offset) in DEGREES:
        return DEGREES[factor, offset]
    return f"{UNITS[_nearest(1 / factor)]}, backwards"


def times(factor: float, offset: float) -> str:
    """Write a factor and an offset as they are spoken.

    >>> times(1.8, 32.0), times(0.001, 0.0)
    ('times 1.8 plus 32', 'divided by 1,000')
    """
    plus = f" {'plus' if offset > 0 else 'minus'} {number(abs(offset))}" if offset else ""
    if factor == 1.0:
        return plus.strip()
    return (
        f"times {number(factor)}" if factor >= 1 or factor < 0 else f"divided by {number(1 / factor)}"
    ) + plus


def _nearest(factor: float) -> float:
    return min(UNITS, key=lambda unit: abs(unit / factor - 1))
