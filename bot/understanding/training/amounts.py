"""Years, prices, lengths and stars as people write them: (words before, words that carry the number).

The words that decide the range ("after", "between", "no more than") are part of what carries the number.
Knows nothing of facets.
"""

from __future__ import annotations

import random

DECADES = {1920: "twenties", 1930: "thirties", 1940: "forties", 1950: "fifties", 1960: "sixties"} | {
    1970: "seventies",
    1980: "eighties",
    1990: "nineties",
}
SPELLED = {5: "five", 10: "ten", 15: "fifteen", 20: "twenty", 25: "twenty five", 30: "thirty", 40: "forty"} | {
    50: "fifty",
    60: "sixty",
    80: "eighty",
    100: "a hundred",
    150: "a hundred and fifty",
    200: "two hundred",
}
PRICES = {
    "shop": [20, 25, 30, 40, 50, 60, 75, 80, 100, 120, 150, 200],
    "books": [10, 15, 20, 25],
    "restaurants": [15, 20, 25, 30, 40, 50, 60, 80],
    "games": [5, 10, 15, 20, 30, 40, 50, 60],
    "hotels": [60, 80, 100, 120, 150, 200, 250, 300],
    "groceries": [2, 3, 4, 5, 6, 8, 10],
    "courses": [30, 50, 80, 100, 150, 200, 300],
}
Said = tuple[str, str]


def decade(r: random.Random) -> str:
    """ "80s", "1980's", "eighties"."""
    d = r.choices([1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010], [1, 1, 3, 4, 8, 14, 14, 8, 6])[0]
    if d >= 2000:
        return r.choice([f"{d}s", f"{d}'s"])
    short = d % 100
    return r.choice([f"{short}s", f"{short}s", f"{short}'s", f"'{short}s", f"{d}s", f"{d}'s", DECADES[d]])


def year_adjective(r: random.Random) -> Said:
    """What stands before the noun: "80s", "pre-1990"."""
    return ("", decade(r)) if r.random() < 0.85 else ("", f"pre-{r.choice(range(1960, 2016, 5))}")


def year(r: random.Random) -> Said:
    """What stands after the noun: "from the" + "80s", "made" + "after 2010"."""
    if r.random() < 0.45:
        return r.choice(["from the ", "from the ", "from the ", "made in the ", "in the "]), decade(r)
    y = r.randint(1950, 2022)
    if r.random() < 0.5:
        y = y // 5 * 5
    z = min(2024, y + r.choice([2, 3, 5, 10, 15]))
    a, b = r.choice([("70s", "80s"), ("80s", "90s"), ("90s", "2000s"), ("60s", "70s"), ("1980s", "1990s")])
    made = r.choice(["", "", "made ", "released ", "that came out "])
    options: list[tuple[Said, int]] = [
        ((made, f"after {y}"), 10),
        (("", f"since {y}"), 3),
        (("", f"from {y} on"), 1),
        (("", f"from {y} or later"), 1),
        (("", f"from {y} onwards"), 1),
        (("", f"{y} or newer"), 2),
        (("", f"not older than {y}"), 1),
        (("", f"newer than {y}"), 2),
        ((made, f"before {y}"), 9),
        (("", f"older than {y}"), 2),
        (("", f"from {y} or earlier"), 1),
        (("", f"no newer than {y}"), 1),
        (("", f"up to {y}"), 1),
        ((made, f"between {y} and {z}"), 4),
        (("", f"from {y} to {z}"), 2),
        (("from ", f"{y}-{z}"), 1),
        (("from the ", f"{a} or {b}"), 3),
        (("from the ", f"{a} to the {b}"), 1),
        (("from the ", f"{a} and {b}"), 1),
        (("from the ", r.choice(["early ", "late "]) + decade(r)), 4),
        ((r.choice(["from ", "made in ", "from the year ", "that came out in "]), f"{y}"), 6),
        (("from ", f"around {y}"), 2),
        (("from the ", r.choice(["early ", "mid ", "late "]) + decade(r)), 3),
        (("from ", r.choice(["the 90s or later", "the 80s onwards", "the last ten years", "the past 5 years"])), 3),
        (("", r.choice(["no later than ", "not before ", "post-"]) + str(y)), 3),
        (("from ", f"{y} to {z}"), 1),
    ]
    return r.choices([o for o, _ in options], [w for _, w in options])[0]


def money(r: random.Random, n: int) -> str:
    """ "$50", "50 bucks", "fifty dollars", "50"."""
    if n in SPELLED and r.random() < 0.12:
        return SPELLED[n] + r.choice([" bucks", " dollars", " euros", " pounds"])
    plain = [f"${n}", f"${n}", f"${n}", f"{n} dollars", f"{n} bucks", f"{n}"]
    return r.choice([*plain, f"€{n}", f"£{n}", f"{n} euros", f"{n}$"])


MOST = [
    "under {}",
    "under {}",
    "under {}",
    "less than {}",
    "below {}",
    "up to {}",
    "no more than {}",
    "max {}",
    "{} max",
    "{} or less",
    "not over {}",
    "at most {}",
    "cheaper than {}",
    "maximum {}",
    "within {}",
    "{} tops",
    "not more than {}",
    "<{}",
    "no higher than {}",
    "{} maximum",
    "{} at most",
    "{} and under",
    "{} or under",
    "{} or cheaper",
    "for less than {}",
    "not above {}",
]
LEAST = [
    "over {}",
    "more than {}",
    "at least {}",
    "from {} up",
    "above {}",
    "{} or more",
    "starting at {}",
    "minimum {}",
    "upwards of {}",
    "{} and up",
    "{} or above",
    "no less than {}",
    "no cheaper than {}",
]
NEAR = [
    "around {}",
    "about {}",
    "roughly {}",
    "somewhere around {}",
    "{} or so",
    "{} ish",
    "{}-ish",
    "~{}",
    "approx {}",
    "close to {}",
    "more or less {}",
    "{} or thereabouts",
    "{}, give or take",
]


def _spelled_span(n: int, k: int) -> list[str]:
    """A range in words, when both ends have them."""
    if n not in SPELLED or k not in SPELLED:
        return []
    a, b = SPELLED[n], SPELLED[k]
    return [f"between {a} and {b}", f"{a} to {b} dollars", f"anywhere from {a} to {b}", f"{a} to {b} bucks"]


def price(r: random.Random, domain: str) -> Said:
    """A price range as said."""
    n = r.choice(PRICES[domain])
    x = r.random()
    if x < 0.5:
        before = r.choice(["", "", "", "", "for ", "that costs "])
        return before, r.choice(MOST).format(money(r, n))
    if x < 0.66:
        k = r.choice([q for q in PRICES[domain] if q > n] or [n * 2])
        spans = [f"between ${n} and ${k}", f"between {n} and {k}", f"{n}-{k} dollars", f"${n}-{k}", f"from {n} to {k}"]
        return "", r.choice(
            [*spans, f"${n} to ${k}", f"{n} to {k}", f"{n} - {k}$", f"between {n} and {k} bucks", *_spelled_span(n, k)]
        )
    if x < 0.84:
        return r.choice(["", "", "for "]), r.choice(NEAR).format(money(r, n))
    return "", r.choice(LEAST).format(money(r, n))


def price_over(r: random.Random, domain: str) -> Said:
    """ "over $100": what somebody refuses."""
    return "", r.choice(["over {}", "above {}", "more than {}"]).format(money(r, r.choice(PRICES[domain])))


def budget(r: random.Random, domain: str) -> Said:
    """ "budget is $50", and other words for a most."""
    m = money(r, r.choice(PRICES[domain]))
    forms = ["budget is {}", "budget is {}", "budget is max {}", "budget is around {}", "budget is about {}"]
    forms += ["budget of {}", "budget: {}", "budget {}", "max budget is {}", "budget's {}"]
    return "", r.choice(forms).format(m)


def no_more(r: random.Random, domain: str) -> Said:
    """ "don't want to spend more than $50": the negation belongs to it."""
    m = money(r, r.choice(PRICES[domain]))
    said = "don't want to spend more than {};can't spend more than {};don't want to pay more than {};can't go over {}"
    said += ";won't pay more than {};don't wanna spend over {};not spending more than {};won't go above {}"
    return "", r.choice(said.split(";")).format(m)


def amount(r: random.Random, domain: str) -> Said:
    """Money and nothing else."""
    return "", money(r, r.choice(PRICES[domain]))


def runtime(r: random.Random) -> Said:
    """A length of film."""
    minutes = r.choice([80, 90, 90, 100, 110, 120, 120, 150, 180])
    hours = {80: "80 minutes", 90: "an hour and a half", 120: "2 hours", 150: "two and a half hours", 180: "3 hours"}
    spelled = hours.get(minutes, f"{minutes} minutes")
    long = r.choice([f"{minutes} minutes", f"{minutes} min", f"{minutes} mins", spelled])
    if minutes == 120 and r.random() < 0.5:
        long = r.choice(["two hours", "2h", "2 hrs"])
    most = "under {};less than {};shorter than {};not longer than {};no longer than {};max {};at most {};up to {}"
    near = "around {};about {}"
    least = "over {};longer than {};at least {}"
    most += ";not over {};{} max;{} or less;{} tops;no more than {};within {}"
    kind = r.choices([most, near, least], [8, 2, 2])[0]
    return "", r.choice(kind.split(";")).format(long)


def stars(r: random.Random) -> Said:
    """A class of hotel."""
    n = r.choice([2, 3, 4, 5])
    w = {2: "two", 3: "three", 4: "four", 5: "five"}[n]
    said = [
        f"at least {n} stars",
        f"{n} stars or more",
        f"{n} stars",
        f"{w} stars",
        f"{n}+ stars",
        f"minimum {w} stars",
    ]
    return r.choice(["", "with "]), r.choice(said)
