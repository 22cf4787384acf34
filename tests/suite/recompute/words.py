"""How the page writes numbers, written once more from its description: three significant digits in
one unit a pair, thousands apart, a real minus sign, no "+0 %"."""
import math
import datetime

UNITS = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 60e9)]


def fitting(ms):
    """The unit in which a typical value has one to three digits before the point."""
    ns = abs(ms * 1e6)
    if ns == 0:
        return "ms"
    for unit, limit in [("ns", 999.5), ("µs", 999.5e3), ("ms", 999.5e6), ("s", 600e9)]:
        if ns < limit:
            return unit
    return "min"


def count(n):
    return f"{int(n):,}".replace(",", " ")


def thousands(text):
    digits = text.lstrip("−")
    if digits.isdigit() and int(digits) >= 1000:
        return ("−" if text.startswith("−") else "") + count(int(digits))
    return text


def number(ms, unit):
    value = ms * 1e6 / dict(UNITS)[unit]
    size = abs(value)
    decimals = 0 if size >= 99.95 or size == 0 else 1 if size >= 9.995 else 2 if size >= .9995 else 3
    text = f"{value:.{decimals}f}"
    if not text.strip("-0."):
        text = "0"
    return thousands(text.replace("-", "−"))


def latency(ms, unit):
    return f"{number(ms, unit)} {unit}"


def interval(low, high, unit):
    if low is not None and high is not None:
        return f"{number(low, unit)}–{number(high, unit)}"
    if low is not None:
        return f"≥ {number(low, unit)}"
    return f"≤ {number(high, unit)}" if high is not None else "open"


def share(value):
    percent = value * 100
    decimals = 0 if abs(percent) >= 9.95 else 1 if abs(percent) >= .995 or percent == 0 else 2
    text = f"{percent:.{decimals}f}".replace("-", "−")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return thousands(text) + " %"


def change(value):
    text = share(value)
    if not text.strip("−0. %"):
        return "±0 %"
    return "+" + text if value > 0 else text


def chance(p):
    return "< 0.001" if p < .001 else f"{p:.3f}" if p < .1 else f"{p:.2f}"


def percent(part, whole):
    value = part / whole * 100
    if 0 < value < .1:
        return "< 0.1 %"
    if 99.95 <= value < 100:
        return "> 99.9 %"
    return f"{value:.1f} %" if value < 10 and part > 0 else f"{value:.0f} %"


def counted(n, one, many=None):
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def instant(ns):
    time = datetime.datetime.fromtimestamp(ns // 10**9, datetime.timezone.utc)
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")


def clock(ns):
    time = datetime.datetime.fromtimestamp(ns // 10**9, datetime.timezone.utc)
    return time.strftime("%H:%M:%S") + f".{ns // 10**6 % 1000:03} UTC"


def span(ns):
    seconds = ns / 1e9
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = math.floor(seconds + .5)
    if seconds < 3599.5:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = math.floor(seconds / 60 + .5)
    return f"{minutes // 60} h {minutes % 60:02} min"


def label(ms):
    """An end of an axis: the unit that suits it, as short as it can be."""
    size = abs(ms)
    if size == 0:
        return "0"
    value, unit = (ms * 1e6, "ns") if size < .0009995 else (ms * 1e3, "µs") if size < .9995 else (ms, "ms") if size < 999.5 else (ms / 1e3, "s")
    decimals = 0 if abs(value) >= 999.5 else 1 if abs(value) >= 99.95 else 2 if abs(value) >= 9.995 else 3
    text = f"{value:.{decimals}f}".replace("-", "−")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " " + unit


def two_digits(ms):
    step = 10.0 ** (math.floor(math.log10(abs(ms))) - 1)
    return math.floor(ms / step + .5) * step
