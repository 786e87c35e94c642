"""
One function per method, written from its paper in explicit 60-digit vectors: what a combiner has to answer.

Each takes a step, the options of the case and a dictionary that lasts for a sequence, and returns the direction; or None where the method has
no unique answer and no convention for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from mpmath import mp, mpf

from linear import (
    TINY,
    add,
    closest,
    combine,
    dot,
    gramian,
    independent,
    norm,
    pseudo_inverse_times,
    solve,
    spectrum,
    subtract,
    times,
    unit,
)


@dataclass
class Step:
    """What one step is given. Rows and losses of absent objectives are missing."""

    batches: list
    losses: list
    losses_after: list
    # Which objective and which level each row present belongs to, and how many there are of both.
    objectives: list
    levels: list
    objective_count: int
    level_count: int
    index: int
    epoch: int
    # What is known to rounding alone goes through it: a number, or that number with a small disturbance.
    rounded: Callable = lambda x: x

    @property
    def rows(self):
        return self.batches[0]

    @property
    def count(self):
        return len(self.rows)

    def zeros(self):
        return [mpf(0)] * len(self.rows[0])

    def level(self, level):
        """The gradient of a level: the sum of its rows, or None where all are absent."""
        rows = [row for row, own in zip(self.rows, self.levels) if own == level]
        return add(*rows) if rows else None


def number(value):
    return mpf(value)


def strength(options, level, default=1):
    """Lambda of a level: one for all, or one per level after the first."""
    given = options.get("lambda", default)
    if level == 0:
        return mpf(1)
    return number(given[level - 1] if isinstance(given, list) else given)


def preference_of(step, options, total=None):
    given = options.get("preference")
    if given is None:
        return [mpf(1) / step.count] * step.count
    return [number(given[i]) for i in step.objectives]


# Fixed weights


def mean(step, options, memory):
    return times(mpf(1) / step.count, add(*step.rows))


def total(step, options, memory):
    return add(*step.rows)


def constant(step, options, memory):
    return combine([number(options["weights"][i]) for i in step.objectives], step.rows)


def mixed(step, options, memory):
    return combine([strength(options, level) for level in step.levels], step.rows)


# Projections between levels, arXiv 2402.02998


def bloop(step, options, memory):
    """
    Modified Gram-Schmidt on the averages of the levels above, damped where an average lies in the span of those before it. Along the batch, the
    multiples of averages that are subtracted become the same multiples of this batch's gradients. On a cone, each level becomes the closest vector that
    points against none of these averages.
    """
    rho = number(options.get("rho", 0.01))
    tau = mpf("1e-12")
    averages = memory.setdefault("averages", [None] * (step.level_count - 1))
    # Orthogonal vectors with the squares to divide by, and what they become along the batch.
    basis = []
    on_cone, above = options.get("project") == "cone", []

    def projected(vector, shadow):
        for q, square, own in basis:
            share = dot(vector, q) / square
            vector, shadow = subtract(vector, times(share, q)), subtract(shadow, times(share, own))
        return vector, shadow

    direction = step.zeros()
    for level in range(step.level_count):
        gradient = step.level(level)
        if gradient is not None:
            part, shadow = projected(gradient, gradient)
            if options.get("along") == "batch":
                part = shadow
            if on_cone:
                part = closest(gradient, above, [mpf(0)] * len(above))
            direction = add(direction, times(strength(options, level), part))
        if level == step.level_count - 1:
            break
        old = averages[level]
        if old is None:
            begins = options.get("initial", "zeros") == "first" and gradient is not None
            old = gradient if begins else step.zeros()
            if gradient is None and options.get("initial") == "first":
                continue
        new = old if gradient is None else add(times(1 - rho, old), times(rho, gradient))
        averages[level] = new
        average = old if options.get("update", "after") == "after" else new
        own, shadow = projected(average, gradient or step.zeros())
        square, whole = dot(own, own), dot(average, average)
        if whole == 0:
            continue
        if on_cone:
            above.append(unit(average))
            continue
        # The first is not damped: nothing is above it.
        if not basis:
            basis.append((own, square, shadow))
        elif options.get("guard", "damp") == "damp":
            basis.append((own, square + tau * whole, shadow))
        elif square > tau * whole:
            basis.append((own, square, shadow))
    return direction


def bloop_average(step, options, memory):
    """On two levels, projected on the plain mean of the main gradients before this one, or on the moving average of the directions."""
    main, auxiliary = step.level(0), step.level(1)
    (old,) = memory.setdefault("averages", [None])
    direction = main or step.zeros()
    if auxiliary is not None:
        share = dot(auxiliary, old) / dot(old, old) if old is not None and dot(old, old) else mpf(0)
        projected = subtract(auxiliary, times(share, old)) if share else auxiliary
        direction = add(direction, times(strength(options, 1), projected))
    if main is not None:
        plain = options.get("average", "all") == "all"
        seen = memory["seen"] = memory.get("seen", 0) + 1
        weight = mpf(1) / seen if plain else number(options.get("rho", 0.01))
        memory["averages"] = [add(times(1 - weight, old or step.zeros()), times(weight, main if plain else direction))]
    return direction


def averages_of(step, average, memory, count):
    """The averages of the first levels to project on, or the gradients themselves where there is no average."""
    if average is None:
        return [step.level(level) for level in range(count)]
    rho = number(average.get("rho", 0.01))
    old = memory.setdefault("averages", [step.zeros() for _ in range(count)])
    new = []
    for level in range(count):
        gradient = step.level(level)
        new.append(old[level] if gradient is None else add(times(1 - rho, old[level]), times(rho, gradient)))
    memory["averages"] = new
    return old if average.get("update", "after") == "after" else new


def ratio(u, v):
    square = dot(v, v)
    return dot(u, v) / square if square else mpf(0)


def dynamic_barrier(step, options, memory):
    """
    g0 + l g1 - min(l r, 1) e with r = <g1, e> / |e|^2: Gong, Liu, Liu, NeurIPS 2021, with barrier |g0|^2 / l. Or as first published, with the barrier
    min(alpha (L0 - lowest), beta |g0|^2).
    """
    if "barrier" in options:
        alpha, beta, lowest = (number(options["barrier"].get(key, default)) for key, default in [("alpha", 1), ("beta", 1), ("lowest", 0)])
        main, auxiliary = step.level(0), step.level(1) or step.zeros()
        if main is None or not any(main):
            return auxiliary
        square = dot(main, main)
        loss = mp.fsum(loss for loss, level in zip(step.losses, step.levels) if level == 0)
        target = min(alpha * (loss - lowest), beta * square)
        return add(auxiliary, times(max((target - dot(auxiliary, main)) / square, 0), main))
    factor = strength(options, 1)
    (barrier,) = averages_of(step, options.get("average"), memory, 1)
    main, auxiliary = step.level(0) or step.zeros(), step.level(1) or step.zeros()
    barrier = barrier or step.zeros()
    cut = min(factor * ratio(auxiliary, barrier), 1)
    return add(main, times(factor, auxiliary), times(-cut, barrier))


def pcd(step, options, memory):
    """arXiv 2606.29521: the d closest to the normalised primary g0 with <gk, d> >= tau |gk|^2 for each normalised secondary, as long as the primary."""
    beta, epsilon = number(options.get("beta", 0.999)), number(options.get("epsilon", 0))
    squares = memory.setdefault("squares", {})
    scaled = []
    for level in range(step.level_count):
        gradient = step.level(level)
        if gradient is None:
            scaled.append(None)
            continue
        square, count = squares.get(level, (mpf(0), 0))
        squares[level] = square, count = beta * square + (1 - beta) * dot(gradient, gradient), count + 1
        scale = mp.sqrt(square / (1 - beta**count) + epsilon)
        scaled.append(times(1 / scale, gradient) if any(gradient) else None)
    primary, secondaries = step.level(0), [(level, row) for level, row in enumerate(scaled) if level and row]
    if not scaled[0]:
        return step.zeros()
    tau = options.get("tau", 0.02)
    demands = [number(tau[level - 1] if isinstance(tau, list) else tau) * norm(row) for level, row in secondaries]
    nearest = closest(scaled[0], [unit(row) for _, row in secondaries], demands)
    if nearest is None:
        return primary
    return times(norm(primary) / norm(nearest), nearest) if norm(nearest) > TINY * norm(scaled[0]) else step.zeros()


def multiplier(step, options, memory):
    """arXiv 2504.01212: the weights (m, 1) / (1 + m) with m <- max(0, m + step (L0 - budget)) before."""
    main = [loss for loss, level in zip(step.losses, step.levels) if level == 0]
    m = memory.get("m", mpf(0))
    if main:
        m = max(mpf(0), m + number(options.get("stepSize", 0.01)) * (mp.fsum(main) - number(options["budget"])))
    memory["m"] = m
    return combine([(m if level == 0 else 1) / (1 + m) for level in step.levels], step.rows)


def pcgrad(step, options, memory):
    """Algorithm 1 of arXiv 2001.06782, or with lambda or averages the version on two levels of arXiv 2402.02998."""
    if "lambda" in options or "average" in options:
        targets = averages_of(step, options.get("average"), memory, 2)
        main, auxiliary = step.level(0) or step.zeros(), step.level(1) or step.zeros()
        main = subtract(main, times(min(ratio(main, targets[1]), 0), targets[1]))
        auxiliary = subtract(auxiliary, times(min(ratio(auxiliary, targets[0]), 0), targets[0]))
        return add(main, times(strength(options, 1), auxiliary))
    result = step.zeros()
    for own, row in enumerate(step.rows):
        for other in order_of(step, options, own):
            row = subtract(row, times(min(ratio(row, step.rows[other]), 0), step.rows[other]))
        result = add(result, row)
    return result


def order_of(step, options, own):
    order = options["order"]
    if order == "ascending":
        return [i for i in range(step.count) if i != own]
    return [step.objectives.index(i) for i in order[step.objectives[own]] if i in step.objectives]


def gradvac(step, options, memory):
    """arXiv 2010.05874, algorithm 1: each pair's cosine is raised to its moving average."""
    beta = number(options.get("beta", 0.5))
    targets = memory.setdefault("targets", {})
    result = step.zeros()
    for own, row in enumerate(step.rows):
        for other in order_of(step, options, own):
            target_row = step.rows[other]
            key = (step.objectives[own], step.objectives[other])
            target = targets.get(key, number(options.get("initial", 0)))
            lengths = norm(row), norm(target_row)
            # What is left of a row that was projected away has no cosine.
            if lengths[0] <= TINY * norm(step.rows[own]) or not lengths[1]:
                continue
            cosine = dot(row, target_row) / lengths[0] / lengths[1]
            if cosine < target:
                # The root would make thirty digits of what is left by rounding.
                sine, target_sine = (mp.sqrt(1 - x**2) if 1 - x**2 > TINY else mpf(0) for x in (cosine, target))
                # What is done for a target of one, to rounding, is a matter of precision.
                if memory.get("lost") or target_sine**2 < mpf("1e-13"):
                    memory["lost"] = True
                    return None
                share = lengths[0] * (target * sine - cosine * target_sine) / (lengths[1] * target_sine)
                row = add(row, times(share, target_row))
            targets[key] = (1 - beta) * target + beta * cosine
        result = add(result, row)
    return result


# Closest points of cones and hulls


def units_of(rows):
    return [unit(row) for row in rows if any(row)]


def mgda(step, options, memory):
    """The shortest vector d of the convex hull: d / |d|^2 is the shortest x with <g_i, x> >= 1 for all i. Perhaps of rows over their lengths, or losses."""
    by = options.get("normalize", "none")
    if by != "none":
        divisors = [(norm(row) if by != "loss" else 1) * (loss if by != "length" else 1) for row, loss in zip(step.rows, step.losses or [mpf(1)] * step.count)]
        rows = [times(1 / divisor, row) if any(row) else row for row, divisor in zip(step.rows, divisors)]
        return mgda(replace(step, batches=[rows]), {}, memory)
    if not all(any(row) for row in step.rows):
        return step.zeros()
    shortest = min(norm(row) for row in step.rows)
    x = closest(step.zeros(), units_of(step.rows), [shortest / norm(row) for row in step.rows])
    return step.zeros() if x is None else times(shortest / dot(x, x), x)


def on_dual_cone(step, vector):
    """The closest d with <g_i, d> >= 0 for all i."""
    units = units_of(step.rows)
    return closest(vector, units, [mpf(0)] * len(units))


def dualproj(step, options, memory):
    """arXiv 1706.08840, equation 11, on the mean of the gradients."""
    if "regularization" in options:
        return regularized(step, options, [preference_of(step, options)])
    return on_dual_cone(step, combine(preference_of(step, options), step.rows))


def upgrad(step, options, memory):
    """arXiv 2406.16232, equation 5: the mean of the projections of each gradient."""
    weights = preference_of(step, options)
    if "regularization" in options:
        starts = [[mpf(i == j) for j in range(step.count)] for i in range(step.count)]
        return regularized(step, options, starts, weights)
    return add(*[times(w, on_dual_cone(step, row)) for w, row in zip(weights, step.rows)])


def regularized(step, options, starts, weights=None):
    """v = argmin v'(G / trace G + r I)v over v >= u, for each start u: the formulation of Jacobian-descent libraries, with the Gramian as an explicit root."""
    inner = gramian(step.rows)
    trace = mp.fsum(inner[i][i] for i in range(step.count))
    if trace == 0:
        return step.zeros()
    reg = number(options["regularization"])
    count = step.count
    # With rows [J / sqrt(trace), sqrt(r) I] the regularised problem is an ordinary projection on a dual cone.
    extended = [
        times(1 / mp.sqrt(trace), row) + [mp.sqrt(reg) * (i == j) for j in range(count)]
        for i, row in enumerate(step.rows)
    ]
    units = [unit(row) for row in extended]
    result = step.zeros()
    for weight, start in zip(weights or [mpf(1)], starts):
        x = closest(combine(start, extended), units, [mpf(0)] * count)
        # The last entries are sqrt(r) times the coefficients.
        result = add(result, times(weight, combine([value / mp.sqrt(reg) for value in x[-count:]], step.rows)))
    return result


def cagrad(step, options, memory):
    """
    arXiv 2110.14048, equation 2: the d within c |g0| of the mean g0 with the largest worst product nu = min <g_i, d>.

    For given nu the closest d to g0 with <g_i, d> >= nu for all i is a projection, and its distance rises with nu; along one set of active rows
    the square of that distance is a quadratic in nu, whose root gives the next nu.
    """
    center = mean(step, {}, {})
    radius = number(options.get("c", 0.5)) * norm(center)
    factor = {0: 1, 1: 1 + number(options.get("c", 0.5)) ** 2, 2: 1 + number(options.get("c", 0.5))}[options.get("rescale", 0)]
    if radius == 0:
        return times(1 / mpf(factor), center)
    units = units_of(step.rows)
    lengths = [norm(row) for row in step.rows if any(row)]
    has_zero = len(units) < step.count

    def nearest(nu):
        x = closest(center, units, [nu / length for length in lengths])
        return x, None if x is None else norm(subtract(x, center))

    low = min(dot(row, center) for row in step.rows)
    # No product can exceed that of the shortest row with a vector of the largest length in the ball.
    high = min(lengths) * (norm(center) + radius)
    at_zero, distance = nearest(mpf(0))
    if distance <= radius * (1 + TINY):
        # The products cannot all be positive: of what keeps them at zero the closest is the answer, by convention.
        if has_zero or nearest(mp.sqrt(TINY) * high)[0] is None:
            return times(1 / mpf(factor), at_zero)
        low = max(low, mpf(0))
    nu = low
    for _ in range(400):
        x, distance = nearest(nu)
        if distance is not None and abs(distance - radius) <= TINY * radius:
            return times(1 / mpf(factor), x)
        if distance is None or distance > radius:
            high = nu
        else:
            low = nu
        guess = None if x is None else quadratic_root(nu, x, center, units, lengths, radius)
        nu = guess if guess is not None and low < guess < high else (low + high) / 2
    raise AssertionError("cagrad did not converge")


def quadratic_root(nu, x, center, units, lengths, radius):
    """The nu at which the closest point is as far away as allowed, if the rows that hold it stay the same."""
    reach = norm(x) + norm(center)
    active = [i for i, row in enumerate(units) if abs(dot(row, x) - nu / lengths[i]) <= TINY * 1000 * reach]
    if not active:
        return None
    # Only independent rows: a duplicate holds nothing more.
    chosen, normals = [], []
    for i in active:
        rest = units[i]
        for n in normals:
            rest = subtract(rest, times(dot(rest, n), n))
        if norm(rest) > mp.sqrt(TINY):
            chosen.append(i)
            normals.append(unit(rest))
    block = [[dot(units[i], units[j]) for j in chosen] for i in chosen]
    slope = solve(block, [1 / lengths[i] for i in chosen])
    start = solve(block, [-dot(units[i], center) for i in chosen])
    rows = [units[i] for i in chosen]
    p, q = combine(slope, rows), combine(start, rows)
    a, b, c = dot(p, p), dot(p, q), dot(q, q) - radius**2
    root = b**2 - a * c
    return (-b + mp.sqrt(root)) / a if root >= 0 and a > 0 else None


# Fixed points


def fairgrad(step, options, memory):
    """
    arXiv 2402.15638, equation 8: x_i^(1/a) (G x)_i = p_i with x > 0 and a preference p, by default 1; where there is none, the shortest convex combination,
    which is zero. For a = 0 it is the sum.
    """
    if options.get("alpha", 1) == 0:
        return total(step, {}, {})
    power = 1 / number(options.get("alpha", 1))
    if not any(mgda(step, {}, {})):
        return step.zeros()
    given = options.get("preference")
    shares = [number(given[i]) for i in step.objectives] if given else [mpf(1)] * step.count
    # Inner products with the answer may be as far apart as its entries to that power.
    with mp.workdps(60 + int(60 * max(1, power) / 4)):
        return fair(gramian(step.rows), power, step.rows, shares)


def fair(inner, power, rows, shares):
    """
    The only minimum of the convex 1/2 x'Gx - sum p phi(x), phi' = x^-power, by Newton's steps on the logarithms. The answer is proved, not believed: its
    equation holds to 40 digits.
    """
    count = len(inner)
    logs = [-mp.log(inner[i][i]) / (1 + power) for i in range(count)]
    for _ in range(2000):
        x = [mp.exp(y) for y in logs]
        image, pull = [dot(row, x) for row in inner], [p * mp.exp(-power * y) for p, y in zip(shares, logs)]
        if max(abs(i / p - 1) for i, p in zip(image, pull)) < mpf(10) ** -40:
            return combine(x, rows)
        hessian = [[inner[i][j] * x[i] * x[j] + (i == j) * power * pull[i] * x[i] for j in range(count)] for i in range(count)]
        move = solve(hessian, [v * (p - i) for v, p, i in zip(x, pull, image)])
        longest = max(map(abs, move)) * max(1, power)
        logs = add(logs, times(min(1, 4 / longest), move))
    raise AssertionError("fairgrad did not converge")


def nash_mtl(step, options, memory):
    """
    arXiv 2202.01017, equation 6: G x = 1 / x, or p / x (arXiv 2301.13501). With a largest length, as in its code: of G / |G| with the Frobenius norm, then cut
    to that length.
    """
    direction = fairgrad(step, {"alpha": 1, "preference": options.get("preference")}, memory)
    limit = options.get("maxNorm")
    if limit is None or not any(direction):
        return direction
    frobenius = mp.sqrt(mp.fsum(x**2 for row in gramian(step.rows) for x in row))
    return times(min(mp.sqrt(frobenius), number(limit) / norm(direction)), direction)


# Spectra and pseudo-inverses


def imtl_g(step, options, memory):
    """Liu and others, ICLR 2021: equal projections on all unit gradients, coefficients of sum one; by the pseudo-inverse of G."""
    v = pseudo_inverse_times(gramian(step.rows), [norm(row) for row in step.rows])
    whole = mp.fsum(v)
    if abs(whole) <= TINY * mp.fsum(abs(x) for x in v):
        return step.zeros()
    return combine([x / whole for x in v], step.rows)


def config(step, options, memory):
    """arXiv 2408.11104, equations 2 and 3: unit rows U, direction U+ 1, or U+ p for a preference, length sum <g_i, u>."""
    given = options.get("preference")
    if "momentum" not in options:
        return conflict_free(step, step.rows, [number(given[i]) for i in step.objectives] if given else None)
    averages, objectives = bias_corrected(step, options["momentum"], memory)
    direction = conflict_free(step, averages, [number(given[i]) for i in objectives] if given else None)
    if options["momentum"].get("optimizer") != "adam":
        return direction
    # What makes an average m <- beta m + (1 - beta) g, divided by 1 - beta^t, this direction.
    beta = number(options["momentum"].get("beta", 0.9))
    before, after = memory.get("given", step.zeros()), times(1 - beta ** (step.index + 1), direction)
    memory["given"] = after
    return times(1 / (1 - beta), subtract(after, times(beta, before)))


def conflict_free(step, rows, preference=None):
    units = units_of(rows)
    if not units:
        return step.zeros()
    wanted = [p for p, row in zip(preference or [mpf(1)] * len(rows), rows) if any(row)]
    solution = combine(pseudo_inverse_times(gramian(units), wanted), units)
    if norm(solution) <= TINY:
        return step.zeros()
    heading = unit(solution)
    return times(mp.fsum(dot(row, heading) for row in rows), heading)


def bias_corrected(step, momentum, memory):
    """The averages of arXiv 2408.11104, algorithm 1, of all objectives seen so far, and which these are."""
    beta = number(momentum.get("beta", 0.9))
    averages, seen = memory.setdefault("averages", {}), memory.setdefault("seen", {})
    for objective, row in zip(step.objectives, step.rows):
        averages[objective] = add(times(beta, averages.get(objective, step.zeros())), times(1 - beta, row))
        seen[objective] = seen.get(objective, 0) + 1
    return [times(1 / (1 - beta ** seen[i]), averages[i]) for i in sorted(averages)], sorted(averages)


def aligned_mtl(step, options, memory):
    """arXiv 2305.19000, algorithm 1: all nonzero singular values made equal to the smallest, the median or the root mean square of them."""
    values, vectors = spectrum(gramian(step.rows))
    if not values:
        return step.zeros()
    # Of an even number the lower one, as PyTorch's median.
    middle = values[(len(values) - 1) // 2]
    scale = {"min": values[0], "median": middle, "rmse": mp.fsum(values) / len(values)}[options.get("scale", "min")]
    weights = preference_of(step, options)
    shares = [mp.sqrt(scale / value) * dot(vector, weights) for value, vector in zip(values, vectors)]
    return combine(combine(shares, vectors), step.rows)


# Direct formulas


def a_gem(step, options, memory):
    """arXiv 1812.00420, equation 11."""
    main, auxiliary = step.level(0), step.level(1)
    return subtract(main, times(min(ratio(main, auxiliary), 0), auxiliary))


def present_levels(step):
    """The gradients of the levels present but the first, by level."""
    return {level: step.level(level) for level in sorted(set(step.levels)) if level > 0}


def cosine_similarity(step, options, memory):
    """arXiv 1812.02224, section 3, for each auxiliary level; where the main gradient is zero, the others as they are."""
    main = step.level(0) or step.zeros()
    result = main
    for auxiliary in present_levels(step).values():
        lengths = norm(main) * norm(auxiliary)
        share = max(dot(main, auxiliary) / lengths, mpf(0)) if lengths else 1
        result = add(result, times(share, auxiliary))
    return result


def metabalance(step, options, memory):
    """arXiv 2203.06801, equations 3 to 5: auxiliary gradients go to the length of the main one, by lengths averaged from zero and bias-corrected."""
    beta, relax = number(options.get("beta", 0)), number(options.get("relax", 1))
    averages, seen = memory.setdefault("lengths", {}), memory.setdefault("seen", {})
    for level in sorted(set(step.levels)):
        averages[level] = beta * averages.get(level, 0) + (1 - beta) * norm(step.level(level))
        seen[level] = seen.get(level, 0) + 1
    corrected = {level: averages[level] / (1 - beta ** seen[level]) for level in averages}
    result = step.level(0) or step.zeros()
    for level, auxiliary in present_levels(step).items():
        balanced = 0 in corrected and corrected[level]
        share = relax * corrected[0] / corrected[level] + 1 - relax if balanced else 1
        result = add(result, times(share, auxiliary))
    return result


def krum(step, options, memory):
    """arXiv 1703.02757: the mean of the rows with the smallest sum of squared distances to their K - f - 2 nearest others."""
    neighbours = step.count - options.get("byzantine", 1) - 2
    scores = []
    for i, row in enumerate(step.rows):
        distances = sorted(norm(subtract(row, other)) ** 2 for j, other in enumerate(step.rows) if j != i)
        scores.append(mp.fsum(distances[:neighbours]))
    ranked = sorted(range(step.count), key=lambda i: scores[i])
    selected = options.get("selected", 1)
    if selected < step.count and scores[ranked[selected]] - scores[ranked[selected - 1]] <= mpf("1e-9") * scores[ranked[-1]]:
        return None
    chosen = ranked[:selected]
    return times(mpf(1) / len(chosen), add(*[step.rows[i] for i in chosen]))


def epo(step, options, memory):
    """Mahapatra and Rajan, ICML 2020. Where no descent keeps the balance, by convention that which need not."""
    count = step.count
    given = options.get("preference")
    r = [number(given[i]) for i in step.objectives] if given else [mpf(1)] * count
    epsilon = number(options.get("epsilon", 1e-4))
    weighted = [a * b for a, b in zip(r, step.losses)]
    whole = mp.fsum(weighted)
    shares = [x / whole for x in weighted]
    unevenness = mp.fsum(x * mp.log(count * x) for x in shares)
    adjust = [ri * (mp.log(count * x) - unevenness) for ri, x in zip(r, shares)]
    inner = gramian(step.rows)
    toward = [dot(row, adjust) for row in inner]
    largest = max(range(count), key=lambda i: weighted[i])
    # Constraints <row, x> >= bound, objective to be maximised.
    if unevenness > epsilon:
        objective = toward
        rising = [i for i in range(count) if toward[i] > 0]
        constraints = []
        for j in range(count):
            if not rising:
                constraints.append((inner[j], mpf(0)))
            elif j == largest:
                constraints.append((inner[j], mpf(0)))
            elif j not in rising:
                constraints.append((inner[j], toward[j]))
        attempts = [(objective, constraints)]
    else:
        attempts = []
    total_product, none_rises = [mp.fsum(column) for column in zip(*inner)], [(row, mpf(0)) for row in inner]
    if not attempts and not options.get("relaxed"):
        attempts.append((total_product, [*none_rises, (toward, min(max(toward), mpf(0)))]))
    for objective, constraints in [*attempts, (total_product, none_rises)]:
        vertex = best_vertex(step.rows, objective, constraints)
        if vertex is not None:
            break
    else:
        return step.zeros()
    if vertex == SEVERAL:
        return None
    direction = combine(vertex, step.rows)
    # Where it vanishes all constraints are tight at once, and which of them rounding breaks decides the last digits.
    return None if norm(direction) <= TINY * max(norm(row) for row in step.rows) else direction


SEVERAL = "several"


def best_vertex(rows, objective, constraints):
    """
    The only x of the simplex that maximises <objective, x> where each <row, x> >= bound, a number that is not positive; None where there is no such x,
    and SEVERAL where more than one is as good, to a millionth. A zero row of the gradients takes what the others leave.

    The simplex method with Bland's rule, on a tableau of 60 digits.
    """
    own = [i for i, row in enumerate(rows) if any(row)]
    if not own:
        return [mpf(0)] * len(rows)
    # In units in which all gradients are of one length.
    lengths = [norm(rows[i]) for i in own]
    columns = len(own)
    lines = [([1 / length for length in lengths], mpf(1))]
    lines += [([-row[i] / length for i, length in zip(own, lengths)], -bound) for row, bound in constraints if any(row)]
    tableau = []
    for number_, (line, bound) in enumerate(lines):
        size = max(abs(x) for x in line)
        slack = [mpf(number_ == other) for other in range(len(lines))]
        tableau.append([x / size for x in line] + slack + [bound / size])
    basis = [columns + line for line in range(len(lines))]
    barred: set[int] = set()

    def pivot(line, entering):
        tableau[line] = times(1 / tableau[line][entering], tableau[line])
        for other in range(len(tableau)):
            if other != line and tableau[other][entering]:
                tableau[other] = subtract(tableau[other], times(tableau[other][entering], tableau[line]))
        basis[line] = entering

    def gains(goal):
        """By how much the goal rises with each variable, relative to the terms of that."""
        result = []
        for variable in range(columns + len(lines)):
            terms = [goal[variable] if variable < columns else mpf(0)]
            terms += [-goal[own_] * line[variable] for own_, line in zip(basis, tableau) if own_ < columns]
            size = mp.fsum(abs(x) for x in terms)
            result.append(mp.fsum(terms) / size if size else mpf(0))
        return result

    def maximise(goal):
        while True:
            rising = gains(goal)
            entering = next((v for v in range(len(rising)) if v not in basis and v not in barred and rising[v] > TINY), None)
            if entering is None:
                return rising
            steps = [(line[-1] / line[entering], own_, i) for i, (line, own_) in enumerate(zip(tableau, basis)) if line[entering] > TINY]
            # The simplex is bounded, so that there always is one.
            least = min(step for step, _, _ in steps)
            pivot(min((own_, i) for step, own_, i in steps if step <= least + TINY)[1], entering)

    if len(own) == len(rows):
        maximise([1 / length for length in lengths])
        if columns in basis:
            line = basis.index(columns)
            if tableau[line][-1] > mp.sqrt(TINY):
                return None
            others = [v for v in range(columns + len(lines)) if v not in basis and abs(tableau[line][v]) > TINY]
            if others:
                pivot(line, others[0])
        barred.add(columns)
    rising = maximise([objective[i] / length for i, length in zip(own, lengths)])
    if any(gain > -mpf("1e-6") for v, gain in enumerate(rising) if v not in basis and v not in barred):
        return SEVERAL
    x = [mpf(0)] * len(rows)
    for line, variable in zip(tableau, basis):
        if variable < columns:
            x[own[variable]] = line[-1] / lengths[variable]
    return x


def gradnorm(step, options, memory):
    """arXiv 1711.02257, algorithm 1: weights of this step first, then a step of the weights. Those present keep their sum."""
    alpha, rate = number(options.get("alpha", 1.5)), number(options.get("rate", 0.025))
    kept, beginnings = memory.setdefault("weights", {}), memory.setdefault("first", {})
    weights = [kept.get(objective, mpf(1)) for objective in step.objectives]
    first = [beginnings.setdefault(objective, loss) for objective, loss in zip(step.objectives, step.losses)]
    lengths = [norm(row) for row in step.rows]
    direction = combine(weights, step.rows)
    average = mp.fsum(w * n for w, n in zip(weights, lengths)) / step.count
    progress = [loss / start for loss, start in zip(step.losses, first)]
    rates = [p * step.count / mp.fsum(progress) for p in progress]
    gaps = [w * n - average * r**alpha for w, n, r in zip(weights, lengths, rates)]
    signs = [0 if abs(gap) <= TINY * average else mp.sign(gap) for gap in gaps]
    moved = [max(w - rate * n * sign, mpf(0)) for w, n, sign in zip(weights, lengths, signs)]
    if any(moved):
        kept.update(zip(step.objectives, times(mp.fsum(weights) / mp.fsum(moved), moved)))
    return direction


def cr_mogm(step, options, memory):
    """Zhou and others, NeurIPS 2022: moving averages of the inner method's coefficients, where these are unique. Those of absent objectives stay."""
    decay = number(options.get("decay", 0.9))
    direction = METHODS[options.get("combiner", "mgda")](step, options.get("options", {}), memory.setdefault("inner", {}))
    if direction is None or not independent(step.rows) or memory.get("lost"):
        memory["lost"] = True
        return None
    now = solve(gramian(step.rows), [dot(row, direction) for row in step.rows])
    kept = memory.setdefault("coefficients", {})
    for objective, coefficient in zip(step.objectives, now):
        old = kept.get(objective)
        kept[objective] = coefficient if old is None else decay * old + (1 - decay) * coefficient
    return combine([kept[objective] for objective in step.objectives], step.rows)


# Remembered rows


def on_simplex(y):
    """The Euclidean projection: the threshold that leaves a sum of one, found by trying every number of positive entries."""
    ranked = sorted(y, reverse=True)
    for count in range(1, len(y) + 1):
        threshold = (mp.fsum(ranked[:count]) - 1) / count
        if ranked[count - 1] > threshold and (count == len(y) or ranked[count] <= threshold):
            return [max(value - threshold, mpf(0)) for value in y]
    raise AssertionError("no projection on the simplex")


def moco(step, options, memory):
    """arXiv 2210.12624, algorithm 1."""
    beta, gamma, rho = (number(options.get(key, default)) for key, default in [("beta", 0.5), ("gamma", 0.1), ("rho", 0)])
    kept = memory.setdefault("trackers", {})
    trackers = [add(times(1 - beta, kept.get(i, step.zeros())), times(beta, row)) for i, row in zip(step.objectives, step.rows)]
    kept.update(zip(step.objectives, trackers))
    weights = weights_of(step, memory)
    slope = [dot(line, weights) + rho * w for line, w in zip(gramian(trackers), weights)]
    weights = on_simplex(subtract(weights, times(gamma, slope)))
    memory["weights"].update(zip(step.objectives, weights))
    return combine(weights, trackers)


def weights_of(step, memory):
    """Of the objectives present; from 1/K for all."""
    kept = memory.setdefault("weights", {i: mpf(1) / step.objective_count for i in range(step.objective_count)})
    return [kept[i] for i in step.objectives]


def db_mtl(step, options, memory):
    """arXiv 2308.12029, algorithm 1: gradients of log losses, averaged, brought to the largest length of all."""
    share = number(options.get("beta", 0.9)) / mpf(step.index + 1) ** number(options.get("sigma", 0))
    kept = memory.setdefault("averages", {})
    averages = [kept.get(i, step.zeros()) for i in step.objectives]
    regularization = number(options.get("regularization", 0))
    logs = [times(1 / (loss + regularization), row) for loss, row in zip(step.losses, step.rows)]
    averages = [add(times(share, old), times(1 - share, new)) for old, new in zip(averages, logs)]
    kept.update(zip(step.objectives, averages))
    longest = max(norm(row) for row in averages)
    return add(*[times(longest / norm(row), row) if any(row) else step.zeros() for row in averages])


# Independent batches


def modo(step, options, memory):
    """arXiv 2305.20057, algorithm 1."""
    gamma, rho = number(options.get("gamma", 1e-3)), number(options.get("rho", 0.1))
    weights = weights_of(step, memory)
    seen = combine(weights, step.batches[1])
    slope = [dot(row, seen) + rho * w for row, w in zip(step.batches[0], weights)]
    weights = on_simplex(subtract(weights, times(gamma, slope)))
    memory["weights"].update(zip(step.objectives, weights))
    if len(step.batches) == 3:
        return combine(weights, step.batches[2])
    return times(mpf(1) / 2, add(*[combine(weights, rows) for rows in step.batches]))


def sdmgrad(step, options, memory):
    """arXiv 2305.18409, algorithm 1, with momentum and the normalisation of its code."""
    strength_, rate = number(options.get("lambda", 0.3)), number(options.get("rate", 5))
    uniform = [mpf(1) / step.count] * step.count
    weights = weights_of(step, memory)
    across = [[dot(a, b) for b in step.batches[1]] for a in step.batches[0]]
    sigma = mp.fsum(mp.sqrt(max(across[i][i], 0)) for i in range(step.count)) / step.count
    square = sigma**2 + number(options.get("regularization", 0))
    if square:
        across = [times(1 / square, row) for row in across]
    velocity = [mpf(0)] * step.count
    for _ in range(options.get("iterations", 20)):
        target = add(weights, times(strength_, uniform))
        velocity = add(times(mpf(1) / 2, velocity), [dot(row, target) for row in across])
        weights = on_simplex([step.rounded(x) for x in subtract(weights, times(rate, velocity))])
    memory["weights"].update(zip(step.objectives, weights))
    return combine(times(1 / (1 + strength_), add(weights, times(strength_, uniform))), step.batches[2])


# Weights from losses


def learned(step, memory):
    """What adam has learned for the objectives present, from zeros."""
    return [memory.get(objective, (mpf(0),))[0] for objective in step.objectives]


def adam(step, slopes, rate, memory):
    """One step of Kingma and Ba's algorithm 1 (arXiv 1412.6980), with their constants, for the objectives present."""
    one, two = mpf("0.9"), mpf("0.999")
    for objective, slope in zip(step.objectives, slopes):
        value, first, second, count = memory.get(objective, (mpf(0), mpf(0), mpf(0), 0))
        first, second, count = one * first + (1 - one) * slope, two * second + (1 - two) * slope**2, count + 1
        move = (first / (1 - one**count)) / (mp.sqrt(second / (1 - two**count)) + mpf("1e-8"))
        memory[objective] = value - number(rate) * move, first, second, count


def uncertainty(step, options, memory):
    """arXiv 1705.07115: the sum of L exp(-s) / 2 + s / 2, with s trained beside."""
    s = learned(step, memory)
    adam(step, [(1 - loss * mp.exp(-x)) / 2 for x, loss in zip(s, step.losses)], options.get("rate", 0.01), memory)
    return combine([mp.exp(-x) / 2 for x in s], step.rows)


def imtl_l(step, options, memory):
    """Liu and others, ICLR 2021: the sum of exp(s) L - s, with s trained beside."""
    s = learned(step, memory)
    adam(step, [loss * mp.exp(x) - 1 for x, loss in zip(s, step.losses)], options.get("rate", 0.01), memory)
    return combine([mp.exp(x) for x in s], step.rows)


def dwa(step, options, memory):
    """
    arXiv 1803.10704, equation 7, from the mean losses of the two epochs before, in which the objective was present; a ratio of one where it has not been in
    two.
    """
    ratios = []
    for objective, loss in zip(step.objectives, step.losses):
        epochs = memory.setdefault(objective, {})
        epochs.setdefault(step.epoch, []).append(loss)
        means = [mp.fsum(losses) / len(losses) for epoch, losses in sorted(epochs.items()) if epoch < step.epoch]
        ratios.append(means[-1] / means[-2] if len(means) > 1 else mpf(1))
    temperature = number(options.get("temperature", 2))
    return combine(times(mpf(step.count), softmax(times(1 / temperature, ratios))), step.rows)


def softmax(values):
    powers = [mp.exp(value) for value in values]
    return [power / mp.fsum(powers) for power in powers]


def geometric_mean(step, options, memory):
    """arXiv 1904.08492: the gradient of (L1 ... LK)^(1/K)."""
    value = mp.exp(mp.fsum(mp.log(loss) for loss in step.losses) / step.count)
    return combine([value / (step.count * loss) for loss in step.losses], step.rows)


def bounds_of(step, options, key):
    """Losses that are not reached: one number for all, or one per objective."""
    given = options.get(key, 0)
    return [number(given[i]) if isinstance(given, list) else number(given) for i in step.objectives]


def stch(step, options, memory):
    """
    arXiv 2402.19078, equation 7: the gradient of mu log sum exp(w (L - z) / mu). With a warm-up that of sum log L up to the end of that epoch, and then of
    K mu log sum exp(log(L / n) / mu), with the mean losses n of that epoch.
    """
    mu = number(options.get("mu", 1))
    if "warmup" in options:
        logs = []
        for objective, loss in zip(step.objectives, step.losses):
            seen = memory.setdefault(objective, [])
            # One that was absent from that epoch begins with its first loss after it.
            if step.epoch == options["warmup"] or (step.epoch > options["warmup"] and not seen):
                seen.append(loss)
            if step.epoch > options["warmup"]:
                logs.append(mp.log(loss * len(seen) / mp.fsum(seen)) / mu)
        shares = times(mpf(step.count), softmax(logs)) if logs else [mpf(1)] * step.count
        return combine([share / loss for share, loss in zip(shares, step.losses)], step.rows)
    weights = preference_of(step, options)
    shifted = subtract(step.losses, bounds_of(step, options, "ideal"))
    shares = softmax([w * x / mu for w, x in zip(weights, shifted)])
    return combine([w * share for w, share in zip(weights, shares)], step.rows)


def derivative_of(function, losses):
    """The gradient of a function of the losses, from differences in twice the digits."""
    with mp.workdps(120):
        result = []
        for i in range(len(losses)):
            h = losses[i] * mpf(10) ** -45 if losses[i] else mpf(10) ** -45
            up = [loss + h * (i == j) for j, loss in enumerate(losses)]
            down = [loss - h * (i == j) for j, loss in enumerate(losses)]
            result.append((function(up) - function(down)) / (2 * h))
    return result


def cosmos(step, options, memory):
    """arXiv 2103.13392, equation 5: the sum of r L, minus lambda cos(r, L)."""
    r = preference_of(step, options)
    factor = number(options.get("lambda", 1))

    def scalar(losses):
        return dot(r, losses) - factor * dot(r, losses) / norm(r) / norm(losses)

    return combine(derivative_of(scalar, step.losses), step.rows)


def pbi(step, options, memory):
    """Zhang and Li 2007: the distance along the preference, plus theta times the distance from its ray."""
    theta = number(options.get("theta", 5))
    ray = unit(preference_of(step, options))
    ideal = bounds_of(step, options, "ideal")

    def scalar(losses):
        shifted = subtract(losses, ideal)
        along = dot(shifted, ray)
        return along + theta * norm(subtract(shifted, times(along, ray)))

    return combine(derivative_of(scalar, step.losses), step.rows)


def famo(step, options, memory):
    """arXiv 2306.03792, algorithm 1: Adam on the logits, with the losses after the step."""
    decay = number(options.get("decay", 1e-3))
    logits = learned(step, memory)
    z = softmax(logits)
    least = [x - number(options.get("regularization", 0)) for x in bounds_of(step, options, "minimum")]
    above = subtract(step.losses, least)
    whole = 1 / mp.fsum(share / x for share, x in zip(z, above))
    direction = combine([whole * share / x for share, x in zip(z, above)], step.rows)
    if step.losses_after:
        drop = [mp.log(x) - mp.log(after - low) for x, after, low in zip(above, step.losses_after, least)]
        average = dot(z, drop)
        slopes = [share * (x - average) + decay * logit for share, x, logit in zip(z, drop, logits)]
        adam(step, slopes, options.get("rate", 0.025), memory)
    return direction


# Element by element


def trimmed_mean(step, options, memory):
    """arXiv 1803.01498, definition 2."""
    trim = options.get("trim", 1)
    columns = [sorted(column)[trim : step.count - trim] for column in zip(*step.rows)]
    return [mp.fsum(column) / len(column) for column in columns]


def median(step, options, memory):
    """arXiv 1803.01498, definition 1."""
    columns = [sorted(column) for column in zip(*step.rows)]
    return [(column[(step.count - 1) // 2] + column[step.count // 2]) / 2 for column in columns]


METHODS = {
    "mean": mean,
    "sum": total,
    "constant": constant,
    "mixed": mixed,
    "bloop": bloop,
    "bloop-average": bloop_average,
    "dynamic-barrier": dynamic_barrier,
    "pcd": pcd,
    "multiplier": multiplier,
    "pcgrad": pcgrad,
    "gradvac": gradvac,
    "mgda": mgda,
    "dualproj": dualproj,
    "upgrad": upgrad,
    "cagrad": cagrad,
    "nash-mtl": nash_mtl,
    "fairgrad": fairgrad,
    "imtl-g": imtl_g,
    "config": config,
    "aligned-mtl": aligned_mtl,
    "a-gem": a_gem,
    "cosine-similarity": cosine_similarity,
    "metabalance": metabalance,
    "krum": krum,
    "epo": epo,
    "gradnorm": gradnorm,
    "cr-mogm": cr_mogm,
    "moco": moco,
    "db-mtl": db_mtl,
    "modo": modo,
    "sdmgrad": sdmgrad,
    "uncertainty": uncertainty,
    "imtl-l": imtl_l,
    "dwa": dwa,
    "geometric-mean": geometric_mean,
    "stch": stch,
    "cosmos": cosmos,
    "pbi": pbi,
    "famo": famo,
    "trimmed-mean": trimmed_mean,
    "median": median,
}
