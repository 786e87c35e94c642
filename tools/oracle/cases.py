"""Matrices of every kind that methods have trouble with, and the cases made of them: the same for the same seed."""

import math
from dataclasses import dataclass
from random import Random

from mpmath import mpf

from linear import combine

MOST_ROWS = 16


@dataclass
class Family:
    """A matrix as Scalpel is given it, and as the oracle is: the same, but where rounding would have changed its rank."""

    name: str
    rows: list
    exact: list


def families(count: int, random: Random) -> list[Family]:
    width = count + 3

    def gaussian(rows=count, columns=width):
        return [[random.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]

    def short(rows, columns):
        """Numbers of few bits: their products are exact."""
        return [[round(random.gauss(0, 1) * 256) / 256 for _ in range(columns)] for _ in range(rows)]

    def product(left, right):
        return [combine([mpf(x) for x in row], [[mpf(x) for x in line] for line in right]) for row in left]

    def scales():
        """Row scales from 1e-3 to 1e4, both present."""
        chosen = [10 ** random.uniform(-3, 4) for _ in range(count)]
        if count > 1:
            chosen[0], chosen[-1] = 1e-3, 1e4
        random.shuffle(chosen)
        return chosen

    def powers():
        return [2.0 ** round(math.log2(scale)) for scale in scales()]

    def scaled(rows, by):
        return [[x * scale for x in row] for row, scale in zip(rows, by)]

    def half_space(rows):
        """With a positive part of its own in a last shared coordinate: no convex combination vanishes."""
        return [[*row[:-1], 0.3 * math.exp(random.gauss(0, 0.5))] for row in rows]

    def conditioned(ratio):
        left, right = orthonormal(count, count, random), orthonormal(count, width, random)
        values = [ratio ** (-i / max(1, count - 1)) for i in range(count)]
        return [[sum(u * s * line[column] for u, s, line in zip(row, values, right)) for column in range(width)] for row in left]

    made: list[Family] = []

    def add(name, rows, exact=None):
        floats = [[float(x) for x in row] for row in rows]
        made.append(Family(name, floats, exact or [[mpf(x) for x in row] for row in floats]))

    add("normal", gaussian())
    add("scaled", scaled(gaussian(), scales()))
    add("one zero", [*gaussian(count - 1), [0.0] * width])
    add("ill-conditioned", conditioned(1e4))
    add("ill-conditioned, scaled", scaled(conditioned(1e2), scales()))
    if count == 1:
        return made
    first = gaussian(count - 1)
    add("duplicated", [*first, list(first[0])])
    add("parallel, scaled", scaled([*first, [4 * x for x in first[0]]], powers()))
    add("opposed", [*first, [-x for x in first[0]]])
    add("opposed, scaled", scaled([*first, [-x for x in first[0]]], powers()))
    add("conflicting", half_space(gaussian(columns=4)))
    add("conflicting, scaled", scaled(half_space(gaussian(columns=4)), scales()))
    rank = max(1, count // 2)
    low = product(short(count, rank), short(rank, width))
    add("low rank", low)
    add("low rank, scaled", scaled([[float(x) for x in row] for row in low], powers()))
    positive = [[abs(x) for x in row] for row in short(count, rank)]
    add("low rank, not stationary", product([[*row[:-1], p[-1] + 0.125] for row, p in zip(short(count, rank), positive)], short(rank, width)))
    rounded = product(half_space(gaussian(columns=rank)), gaussian(rank))
    add("low rank, rounded", rounded, exact=rounded)
    by = scales()
    rounded = [[x * mpf(scale) for x in row] for row, scale in zip(rounded, by)]
    add("low rank, rounded, scaled", rounded, exact=rounded)
    weights = [random.randint(1, 8) for _ in range(count - 1)]
    free = short(count - 1, width)
    add("stationary", [*free, [-sum(w * row[i] for w, row in zip(weights, free)) for i in range(width)]])
    tilted = [[*row, 0.0] for row in free]
    add("nearly stationary", [*tilted, [-sum(w * row[i] for w, row in zip(weights, free)) for i in range(width)] + [0.05]])
    if count > 2:
        mixture = [*gaussian(count - 2), [0.0] * width]
        add("zero and opposed, scaled", scaled([*mixture, [-x for x in mixture[0]]], powers()))
    near = gaussian(1)[0]
    add("almost parallel", [[x + 1e-2 * random.gauss(0, 1) for x in near] for _ in range(count)])
    return made


def orthonormal(rows, columns, random):
    result: list[list[float]] = []
    while len(result) < rows:
        vector = [random.gauss(0, 1) for _ in range(columns)]
        for _ in range(2):
            for other in result:
                product = sum(x * y for x, y in zip(vector, other))
                vector = [x - product * y for x, y in zip(vector, other)]
        length = math.sqrt(sum(x * x for x in vector))
        result.append([x / length for x in vector])
    return result


# What a case of each method consists of besides its gradients. A method may have several kinds; None where the matrix does not suit it.


def options(**choices):
    """Options drawn from the choices given; None leaves an option out."""

    def draw(count, random):
        drawn = {key: random.choice(values) for key, values in choices.items()}
        return {"options": {key: value for key, value in drawn.items() if value is not None}}

    return draw


def losses(count, random):
    spread = random.choice([0.5, 3])
    return [math.exp(random.gauss(0, spread)) for _ in range(count)]


def with_losses(draw):
    return lambda count, random: {**draw(count, random), "losses": losses(count, random)}


def numbers(count, random):
    return [math.exp(random.gauss(0, 0.7)) for _ in range(count)]


def with_numbers(key, draw, zeros=False):
    """With an option of one number per objective, some of them zero where they may be."""

    def both(count, random):
        made, given = draw(count, random), numbers(count, random)
        if zeros and count > 1 and random.random() < 0.3:
            given[random.randrange(count)] = 0
        return {**made, "options": {**made["options"], key: given}}

    return both


def with_shares(draw):
    """With a preference of positive numbers."""
    return with_numbers("preference", draw)


def signed(draw):
    """With losses of either sign."""
    return lambda count, random: {**draw(count, random), "losses": [], "signed": True}


def with_preference(draw):
    return with_numbers("preference", draw, zeros=True)


def below_losses(key, draw):
    """With an option of numbers below all losses: one for all, or one per objective."""

    def both(count, random):
        made = draw(count, random)
        given = -1.5 if random.random() < 0.5 else [random.uniform(-2, 0) for _ in range(count)]
        return {**made, "options": {**made["options"], key: given}}

    return both


def on_two_levels(draw):
    def both(count, random):
        if count < 2:
            return None
        levels = [0, 1] + [random.choice([0, 1]) for _ in range(count - 2)]
        random.shuffle(levels)
        return {**draw(count, random), "priorities": levels}

    return both


def on_levels(draw):
    """Priorities with ties."""

    def both(count, random):
        levels = [random.choice([0, 0, 1, 2, 3]) for _ in range(count)]
        return {**draw(count, random), "priorities": levels}

    return both


def fractions(draw):
    """Priorities with ties, and a fraction of progress for each level after the first, or one for all."""

    def both(count, random):
        made = on_levels(draw)(count, random)
        levels = len(set(made["priorities"]))
        given = random.choice([None, 0, 0.3, 1, [random.choice([0, 0.02, 0.1, 0.5]) for _ in range(levels - 1)]])
        return {**made, "options": {**made["options"], **({} if given is None else {"tau": given})}}

    return both


def within_budget(draw):
    """Losses of two levels, and a budget that some of them keep."""

    def both(count, random):
        made = on_two_levels(with_losses(draw))(count, random)
        if made is None:
            return None
        return {**made, "options": {**made["options"], "budget": random.choice([0, 1, math.exp(random.gauss(1, 1))])}}

    return both


def nearly_balanced(count, random):
    """Losses times preferences equal up to a thousandth."""
    values = losses(count, random)
    given = [math.exp(1e-3 * random.gauss(0, 1)) / loss for loss in values]
    return {"options": {"preference": given, "relaxed": random.random() < 0.3}, "losses": values}


def with_inner(count, random):
    """Coefficients to average of a method inside."""
    inner = random.choice([None, "upgrad", "dualproj", "nash-mtl", "aligned-mtl"])
    return {"options": {"decay": random.choice([0, 0.5, 0.9]), **({"combiner": inner} if inner else {})}}


def ordered(count, random):
    order = []
    for own in range(count):
        others = [i for i in range(count) if i != own]
        random.shuffle(others)
        order.append(others)
    return {"options": {"order": random.choice(["ascending", order])}}


def strengths(count, random):
    """Priorities with ties, and a strength of each level after the first."""
    priorities = sorted(random.choice([0, 1, 2, 3]) for _ in range(count))
    random.shuffle(priorities)
    levels = len(set(priorities))
    given = [random.choice([0, 1e3, *[round(math.exp(random.gauss(0, 1)), 3)] * 8]) for _ in range(levels - 1)]
    return {"options": {"lambda": given if random.random() < 0.7 else 0.5}, "priorities": priorities}


plain = options()

SINGLE = {
    "mean": [plain],
    "sum": [plain],
    "constant": [lambda count, random: {"options": {"weights": [random.gauss(0, 1) for _ in range(count)]}}],
    "mixed": [strengths],
    "bloop": [
        lambda count, random: {
            "options": {**strengths(count, Random(count))["options"], "rho": 1, "update": "before", "guard": random.choice(["damp", "drop"])},
            "priorities": strengths(count, Random(count))["priorities"],
        }
    ],
    "dynamic-barrier": [on_two_levels(options(**{"lambda": [None, 0, 0.1, 1, 1e3]}))],
    "pcgrad": [ordered, on_two_levels(options(**{"lambda": [0, 0.1, 1, 1e3]}))],
    "gradvac": [ordered],
    "mgda": [plain],
    "dualproj": [plain, with_preference(plain), options(regularization=[1e-8, 1e-4, 1])],
    "upgrad": [plain, with_preference(plain), options(regularization=[1e-8, 1e-4, 1])],
    "cagrad": [options(c=[None, 0, 1e-3, 0.1, 1, 2, 100], rescale=[None, 0, 1, 2])],
    "nash-mtl": [options(maxNorm=[None, 1e-3, 1, 1e3])],
    "fairgrad": [options(alpha=[None, 0.1, 0.5, 2, 10])],
    "imtl-g": [plain],
    "config": [plain],
    "aligned-mtl": [options(scale=[None, "min", "median", "rmse"]), with_preference(options(scale=[None, "median", "rmse"]))],
    "a-gem": [on_two_levels(plain)],
    "cosine-similarity": [on_levels(plain)],
    "metabalance": [on_levels(options(relax=[None, 0, 0.7]))],
    "krum": [lambda count, random: {"options": {"byzantine": random.randint(0, count - 3), "selected": random.randint(1, count)}} if count >= 3 else None],
    "epo": [with_losses(options(epsilon=[None, 0, 1])), with_numbers("preference", with_losses(plain)), nearly_balanced],
    "uncertainty": [with_losses(plain)],
    "imtl-l": [with_losses(plain)],
    "geometric-mean": [with_losses(plain)],
    "stch": [with_losses(options(mu=[None, 0.01, 0.1, 100])), below_losses("ideal", with_preference(with_losses(options(mu=[None, 0.1]))))],
    "cosmos": [with_preference(with_losses(options(**{"lambda": [None, 0, 0.01, 8]})))],
    "pbi": [with_preference(with_losses(options(theta=[None, 0, 1]))), below_losses("ideal", with_losses(options(theta=[None, 50])))],
    "trimmed-mean": [lambda count, random: {"options": {"trim": random.randint(0, (count - 1) // 2)}}],
    "median": [plain],
}

STEPS = 4

SEQUENCE = {
    "bloop": [
        lambda count, random: {
            "options": {
                **strengths(count, Random(count))["options"],
                "rho": random.choice([0.01, 0.3, 1]),
                "update": random.choice(["after", "before"]),
                "initial": random.choice(["zeros", "first"]),
                "along": random.choice(["average", "average", "batch"]),
            },
            "priorities": strengths(count, Random(count))["priorities"],
        }
    ],
    # Its third kind of average, of further batches, has a test beside it.
    "bloop-average": [on_two_levels(options(average=[None, "all", "directions"], rho=[None, 0.3, 1], **{"lambda": [None, 0, 3]}))],
    "dynamic-barrier": [on_two_levels(options(average=[{}, {"rho": 0.3}, {"rho": 0.5, "update": "before"}, {"rho": 1}], **{"lambda": [None, 0, 3]}))],
    "pcgrad": [on_two_levels(options(average=[{}, {"rho": 0.3}, {"rho": 0.5, "update": "before"}, {"rho": 1}], **{"lambda": [None, 0, 3]}))],
    "metabalance": [on_levels(options(beta=[0.99, 0.5], relax=[None, 0, 0.7]))],
    "gradvac": [lambda count, random: {"options": {**ordered(count, random)["options"], "beta": random.choice([0, 0.5, 0.01, 1]), "initial": random.choice([0, -1, 0.5])}}],
    "gradnorm": [with_losses(options(alpha=[None, 0, 0.5], rate=[None, 0, 0.01]))],
    "config": [options(momentum=[{}, {"beta": 0}, {"beta": 0.5}, {"beta": 0.99, "optimizer": "adam"}])],
    "cr-mogm": [with_inner],
    "moco": [options(beta=[None, 0.1, 1], gamma=[None, 0, 10], rho=[None, 0.1])],
    "db-mtl": [with_losses(options(beta=[None, 0, 0.5], sigma=[None, 0.5, 3], regularization=[None, 1e-8]))],
    "modo": [options(gamma=[None, 0.1, 10], rho=[None, 0], batches=[None, 2])],
    "sdmgrad": [options(regularization=[None, 1e-8], iterations=[None, 1], rate=[None, 10], **{"lambda": [None, 0, 0.6]})],
    "uncertainty": [with_losses(options(rate=[None, 0.1]))],
    "imtl-l": [with_losses(options(rate=[None, 0.1]))],
    "dwa": [with_losses(options(temperature=[None, 0.1]))],
    "stch": [with_losses(options(mu=[None, 0.1], warmup=[0, 1]))],
    "famo": [with_losses(options(rate=[None, 0.1], decay=[None, 0, 1], regularization=[None, 1e-8])), below_losses("minimum", with_losses(options()))],
}

# Kinds of cases that were added later. They are drawn last, so that those above stay the same for the same seed.

BARRIERS = [{}, {"alpha": 0.1}, {"alpha": 100, "beta": 0.5}, {"beta": 10, "lowest": -3}, {"alpha": 0}]

SINGLE_LATER = {
    "bloop": [
        lambda count, random: {
            "options": {**strengths(count, Random(count))["options"], "rho": 1, "update": "before", "project": "cone"},
            "priorities": strengths(count, Random(count))["priorities"],
        }
    ],
    "dynamic-barrier": [on_two_levels(with_losses(options(barrier=BARRIERS)))],
    "pcd": [fractions(options(epsilon=[None, 1e-8, 0.1]))],
    "multiplier": [within_budget(options(stepSize=[None, 0.5, 10]))],
    "mgda": [with_losses(options(normalize=["none", "length", "loss", "both"]))],
    "nash-mtl": [with_shares(options(maxNorm=[None, 1e-3, 1]))],
    "fairgrad": [with_shares(options(alpha=[None, 0, 0.5, 2]))],
    "config": [with_shares(plain)],
}

SEQUENCE_LATER = {
    "bloop": [
        lambda count, random: {
            "options": {
                **strengths(count, Random(count))["options"],
                "rho": random.choice([0.01, 0.3, 1]),
                "update": random.choice(["after", "before"]),
                "initial": random.choice(["zeros", "first"]),
                "project": "cone",
            },
            "priorities": strengths(count, Random(count))["priorities"],
        }
    ],
    "config": [with_shares(options(momentum=[{}, {"beta": 0.5, "optimizer": "adam"}]))],
    "pcd": [fractions(options(beta=[None, 0, 0.5], epsilon=[None, 0.1]))],
    "multiplier": [within_budget(options(stepSize=[None, 0.5, 10]))],
    "dwa": [signed(options(temperature=[None, 0.1]))],
}

# Methods that are given several independent batches a step, with how many.
BATCHES = {"modo": 3, "sdmgrad": 3}

@dataclass
class Case:
    """A line for `scalpel combine`, and the exact gradients of each step and batch."""

    line: dict
    exact: list
    family: str


def cases(count: int, seed: int, ids: set[str]) -> list[Case]:
    """All cases of matrices with this many rows."""
    random = Random(f"{seed} {count}")
    made = []

    chance = Random(f"weights {seed} {count}")

    def add(method, family, exact, line):
        name = f"{count} rows, {family}, seed {seed}, case {len(made)}"
        # Objectives' weights are applied to rows and losses before the method. Powers of two, which leave the rank as it is.
        if chance.random() < 0.3:
            line["weights"] = [2.0 ** chance.randint(-3, 3) for _ in range(count)]
        made.append(Case({"id": name, "combiner": method, **line}, exact, family))

    rounds = [families(count, random) for _ in range(STEPS)]

    def single(method, draw):
        for family in rounds[0]:
            extra = draw(count, random)
            if method in ids and extra is not None:
                add(method, family.name, [[family.exact]], {**extra, "gradients": family.rows})

    def sequence(method, draw):
        for position, family in enumerate(rounds[0]):
            extra = draw(count, random)
            if extra is not None:
                steps, exact = [], []
                for index in range(STEPS):
                    # The matrix of this family in each round; the further batches are noisy copies of it.
                    given = rounds[index][position]
                    copies = extra["options"].get("batches", BATCHES.get(method, 1))
                    always = random.randrange(count)
                    batches, truth = [], []
                    for copy in range(copies):
                        noise = 0.5 if copy else 0
                        rows = [[x * (1 + noise * random.gauss(0, 1)) for x in row] for row in given.rows]
                        exact_rows = [[mpf(x) for x in row] for row in rows] if copy else given.exact
                        absent = [i != always and index > 0 and random.random() < 0.3 / copies for i in range(count)]
                        batches.append([None if gone else row for gone, row in zip(absent, rows)])
                        truth.append([None if gone else row for gone, row in zip(absent, exact_rows)])
                    step = {"batches": batches} if len(batches) > 1 else {"gradients": batches[0]}
                    if "losses" in extra:
                        step["losses"] = losses(count, random)
                        if "signed" in extra:
                            step["losses"] = [loss * random.choice([-1, 1]) for loss in step["losses"]]
                        step["lossesAfter"] = [loss * math.exp(0.1 * random.gauss(0, 1)) for loss in step["losses"]]
                        step["epoch"] = index
                    steps.append(step)
                    exact.append(truth)
                if method in ids:
                    line = {key: value for key, value in extra.items() if key not in ("losses", "signed")}
                    add(method, family.name, exact, {**line, "sequence": steps})

    for kinds, draw_all in [(SINGLE, single), (SEQUENCE, sequence), (SINGLE_LATER, single), (SEQUENCE_LATER, sequence)]:
        for method, draws in kinds.items():
            for draw in draws:
                draw_all(method, draw)
    return made
