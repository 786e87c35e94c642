"""
One function per method, written from its paper in explicit 60-digit vectors: what a combiner has to answer.

Each takes a step, the options of the case and a dictionary that lasts for a sequence, and returns the direction; or None where the method has
no unique answer and no convention for it.
"""

from dataclasses import dataclass
from itertools import combinations

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
    """Modified Gram-Schmidt on the averages of the levels above, damped where an average lies in the span of those before it."""
    rho = number(options.get("rho", 0.01))
    tau = mpf("1e-12")
    averages = memory.setdefault("averages", [None] * (step.level_count - 1))
    basis = []

    def projected(vector):
        for q, square in basis:
            vector = subtract(vector, times(dot(vector, q) / square, q))
        return vector

    direction = step.zeros()
    for level in range(step.level_count):
        gradient = step.level(level)
        if gradient is not None:
            direction = add(direction, times(strength(options, level), projected(gradient)))
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
        own, whole = projected(average), dot(average, average)
        square = dot(own, own)
        if whole == 0:
            continue
        # The first is not damped: nothing is above it.
        if not basis:
            basis.append((own, square))
        elif options.get("guard", "damp") == "damp":
            basis.append((own, square + tau * whole))
        elif square > tau * whole:
            basis.append((own, square))
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
    """g0 + l g1 - min(l r, 1) e with r = <g1, e> / |e|^2: Gong, Liu, Liu, NeurIPS 2021, with barrier |g0|^2 / l."""
    factor = strength(options, 1)
    (barrier,) = averages_of(step, options.get("average"), memory, 1)
    main, auxiliary = step.level(0) or step.zeros(), step.level(1) or step.zeros()
    barrier = barrier or step.zeros()
    cut = min(factor * ratio(auxiliary, barrier), 1)
    return add(main, times(factor, auxiliary), times(-cut, barrier))


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
            target = targets.get(key, mpf(0))
            lengths = norm(row), norm(target_row)
            # What is left of a row that was projected away has no cosine.
            if lengths[0] <= TINY * norm(step.rows[own]) or not lengths[1]:
                continue
            cosine = dot(row, target_row) / lengths[0] / lengths[1]
            if cosine < target:
                # The root would make thirty digits of what is left by rounding.
                sine, target_sine = (mp.sqrt(1 - x**2) if 1 - x**2 > TINY else mpf(0) for x in (cosine, target))
                share = lengths[0] * (target * sine - cosine * target_sine) / (lengths[1] * target_sine)
                row = add(row, times(share, target_row))
            targets[key] = (1 - beta) * target + beta * cosine
        result = add(result, row)
    return result


# Closest points of cones and hulls


def units_of(rows):
    return [unit(row) for row in rows if any(row)]


def mgda(step, options, memory):
    """The shortest vector d of the convex hull: d / |d|^2 is the shortest x with <g_i, x> >= 1 for all i."""
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
        # The products cannot all be positive: whatever keeps them at zero is as good.
        if has_zero or nearest(mp.sqrt(TINY) * high)[0] is None:
            return None
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
    """arXiv 2402.15638, equation 8: (G x)_i = x_i^(-1/a) with x > 0; where there is none, the shortest convex combination, which is zero."""
    a = number(options.get("alpha", 1))
    if not any(mgda(step, {}, {})):
        return step.zeros()
    inner = gramian(step.rows)
    # Newton's method on the convex 1/2 x'Gx - sum phi(x), phi' = x^(-1/a), in x = scale * b, which makes the diagonal of the problem its own right side.
    scales = [inner[i][i] ** (-a / (a + 1)) for i in range(step.count)]
    matrix = [[scales[i] * inner[i][j] * scales[j] for j in range(step.count)] for i in range(step.count)]
    right = [matrix[i][i] for i in range(step.count)]
    power = -1 / a

    def objective(b):
        barrier = [mp.log(x) if a == 1 else x ** (1 + power) / (1 + power) for x in b]
        return dot(b, [dot(row, b) for row in matrix]) / 2 - dot(right, barrier)

    b = [mpf(1)] * step.count
    for _ in range(2000):
        image = [dot(row, b) for row in matrix]
        pull = [r * x**power for r, x in zip(right, b)]
        if max(abs(i / p - 1) for i, p in zip(image, pull)) < mpf(10) ** -45:
            return combine([s * x for s, x in zip(scales, b)], step.rows)
        slope = subtract(image, pull)
        hessian = [
            [matrix[i][j] + (pull[i] / (a * b[i]) if i == j else 0) for j in range(step.count)]
            for i in range(step.count)
        ]
        # In relative steps the Hessian is well scaled.
        relative = [[hessian[i][j] * b[i] * b[j] for j in range(step.count)] for i in range(step.count)]
        move = solve(relative, [-s * x for s, x in zip(slope, b)])
        length = min([mpf(1)] + [mpf("0.9") / -m for m in move if m < mpf("-0.9")])
        before, descent = objective(b), dot(slope, [m * x for m, x in zip(move, b)])
        # Near the answer the objective no longer shows progress; Newton's full step is right there.
        while abs(descent) > mpf(10) ** -40 * abs(before):
            if objective([x * (1 + length * m) for x, m in zip(b, move)]) <= before + length * descent / 10:
                break
            length /= 2
        b = [x * (1 + length * m) for x, m in zip(b, move)]
    raise AssertionError("fairgrad did not converge")


def nash_mtl(step, options, memory):
    """arXiv 2202.01017, equation 6: G x = 1 / x. With a largest length, as in its code: of G / |G| with the Frobenius norm, then cut to that length."""
    direction = fairgrad(step, {"alpha": 1}, memory)
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
    """arXiv 2408.11104, equations 2 and 3: unit rows U, direction U+ 1, length sum <g_i, u>."""
    rows = bias_corrected(step, options["momentum"], memory) if "momentum" in options else step.rows
    units = units_of(rows)
    if not units:
        return step.zeros()
    solution = combine(pseudo_inverse_times(gramian(units), [mpf(1)] * len(units)), units)
    if norm(solution) <= TINY:
        return step.zeros()
    heading = unit(solution)
    return times(mp.fsum(dot(row, heading) for row in rows), heading)


def bias_corrected(step, momentum, memory):
    """The averages of arXiv 2408.11104, algorithm 1, of all objectives seen so far."""
    beta = number(momentum.get("beta", 0.9))
    averages, seen = memory.setdefault("averages", {}), memory.setdefault("seen", {})
    for objective, row in zip(step.objectives, step.rows):
        averages[objective] = add(times(beta, averages.get(objective, step.zeros())), times(1 - beta, row))
        seen[objective] = seen.get(objective, 0) + 1
    return [times(1 / (1 - beta ** seen[i]), averages[i]) for i in sorted(averages)]


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
    """Mahapatra and Rajan, ICML 2020, by trying every vertex of the linear program."""
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
    else:
        objective = [mp.fsum(column) for column in zip(*inner)]
        constraints = [(row, mpf(0)) for row in inner]
        if not options.get("relaxed"):
            constraints.append((toward, min(max(toward), mpf(0))))
    vertex = best_vertex(objective, constraints)
    if vertex is None:
        return None
    direction = combine(vertex, step.rows)
    # Where it vanishes all constraints are tight at once, and which of them rounding breaks decides the last digits.
    return None if norm(direction) <= TINY * max(norm(row) for row in step.rows) else direction


def best_vertex(objective, constraints):
    """The only maximiser on the simplex under the constraints; None where there is none or more than one."""
    count = len(objective)
    bounds = [([mpf(i == j) for j in range(count)], mpf(0)) for i in range(count)]
    everything = bounds + constraints
    found = []
    for chosen in combinations(everything, count - 1):
        matrix = [[mpf(1)] * count] + [row for row, _ in chosen]
        scaled = [unit(row) for row in matrix if any(row)]
        if len(scaled) < count or mp.det(mp.matrix(gramian(scaled))) < mpf(10) ** -30:
            continue
        x = solve(matrix, [mpf(1)] + [bound for _, bound in chosen])
        slack = [(dot(row, x) - bound) / (norm(row) + TINY) for row, bound in everything]
        if min(slack) >= -mpf(10) ** -30 * (1 + norm(x)):
            found.append((dot(objective, x), x))
    if not found:
        return None
    best = max(value for value, _ in found)
    size = max(abs(value) for value in objective)
    near = [x for value, x in found if value >= best - mpf("1e-6") * size]
    if any(norm(subtract(x, near[0])) > mpf(10) ** -20 for x in near):
        return None
    return near[0]


def gradnorm(step, options, memory):
    """arXiv 1711.02257, algorithm 1: weights of this step first, then a step of the weights."""
    alpha, rate = number(options.get("alpha", 1.5)), number(options.get("rate", 0.025))
    weights = memory.setdefault("weights", [mpf(1)] * step.objective_count)
    first = memory.setdefault("first", list(step.losses))
    lengths = [norm(row) for row in step.rows]
    direction = combine(weights, step.rows)
    average = mp.fsum(w * n for w, n in zip(weights, lengths)) / step.count
    progress = [loss / start for loss, start in zip(step.losses, first)]
    rates = [p * step.count / mp.fsum(progress) for p in progress]
    gaps = [w * n - average * r**alpha for w, n, r in zip(weights, lengths, rates)]
    signs = [0 if abs(gap) <= TINY * average else mp.sign(gap) for gap in gaps]
    moved = [max(w - rate * n * sign, mpf(0)) for w, n, sign in zip(weights, lengths, signs)]
    if not any(moved):
        return direction
    memory["weights"] = [w * step.count / mp.fsum(moved) for w in moved]
    return direction


def cr_mogm(step, options, memory):
    """Zhou and others, NeurIPS 2022: moving average of the inner method's coefficients, here of one with unique coefficients."""
    decay = number(options.get("decay", 0.9))
    now = coefficients_of_mgda(step)
    if now is None or memory.get("lost"):
        memory["lost"] = True
        return None
    old = memory.get("coefficients")
    memory["coefficients"] = now if old is None else add(times(decay, old), times(1 - decay, now))
    return combine(memory["coefficients"], step.rows)


def coefficients_of_mgda(step):
    """The only convex combination that makes MGDA's direction; None for dependent rows, which have several."""
    if not independent(step.rows):
        return None
    direction = mgda(step, {}, {})
    return solve(gramian(step.rows), [dot(row, direction) for row in step.rows])


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
    trackers = memory.get("trackers") or [step.zeros() for _ in range(step.count)]
    trackers = [add(times(1 - beta, y), times(beta, row)) for y, row in zip(trackers, step.rows)]
    weights = memory.get("weights") or [mpf(1) / step.count] * step.count
    slope = [dot(line, weights) + rho * w for line, w in zip(gramian(trackers), weights)]
    weights = on_simplex(subtract(weights, times(gamma, slope)))
    memory.update(trackers=trackers, weights=weights)
    return combine(weights, trackers)


def db_mtl(step, options, memory):
    """arXiv 2308.12029, algorithm 1: gradients of log losses, averaged, brought to the largest length of all."""
    share = number(options.get("beta", 0.9)) / mpf(step.index + 1) ** number(options.get("sigma", 0))
    averages = memory.get("averages") or [step.zeros() for _ in range(step.count)]
    regularization = number(options.get("regularization", 0))
    logs = [times(1 / (loss + regularization), row) for loss, row in zip(step.losses, step.rows)]
    averages = [add(times(share, old), times(1 - share, new)) for old, new in zip(averages, logs)]
    memory["averages"] = averages
    longest = max(norm(row) for row in averages)
    return add(*[times(longest / norm(row), row) if any(row) else step.zeros() for row in averages])


# Independent batches


def modo(step, options, memory):
    """arXiv 2305.20057, algorithm 1."""
    gamma, rho = number(options.get("gamma", 1e-3)), number(options.get("rho", 0.1))
    weights = memory.get("weights") or [mpf(1) / step.count] * step.count
    seen = combine(weights, step.batches[1])
    slope = [dot(row, seen) + rho * w for row, w in zip(step.batches[0], weights)]
    memory["weights"] = weights = on_simplex(subtract(weights, times(gamma, slope)))
    if len(step.batches) == 3:
        return combine(weights, step.batches[2])
    return times(mpf(1) / 2, add(*[combine(weights, rows) for rows in step.batches]))


def sdmgrad(step, options, memory):
    """arXiv 2305.18409, algorithm 1, with momentum and the normalisation of its code."""
    strength_, rate = number(options.get("lambda", 0.3)), number(options.get("rate", 5))
    uniform = [mpf(1) / step.count] * step.count
    weights = memory.get("weights") or uniform
    across = [[dot(a, b) for b in step.batches[1]] for a in step.batches[0]]
    sigma = mp.fsum(mp.sqrt(max(across[i][i], 0)) for i in range(step.count)) / step.count
    square = sigma**2 + number(options.get("regularization", 0))
    if square:
        across = [times(1 / square, row) for row in across]
    velocity = [mpf(0)] * step.count
    for _ in range(options.get("iterations", 20)):
        target = add(weights, times(strength_, uniform))
        velocity = add(times(mpf(1) / 2, velocity), [dot(row, target) for row in across])
        weights = on_simplex(subtract(weights, times(rate, velocity)))
    memory["weights"] = weights
    return combine(times(1 / (1 + strength_), add(weights, times(strength_, uniform))), step.batches[2])


# Weights from losses


def adam(slopes, rate, memory):
    """One step of Kingma and Ba's algorithm 1 (arXiv 1412.6980), with their constants, on memory["logits"]; from zeros."""
    zeros = [mpf(0)] * len(slopes)
    logits, first, second, count = (memory.get(key, default) for key, default in [("logits", zeros), ("first", zeros), ("second", zeros), ("count", 0)])
    count += 1
    one, two = mpf("0.9"), mpf("0.999")
    first = [one * m + (1 - one) * s for m, s in zip(first, slopes)]
    second = [two * v + (1 - two) * s * s for v, s in zip(second, slopes)]
    moves = [(m / (1 - one**count)) / (mp.sqrt(v / (1 - two**count)) + mpf("1e-8")) for m, v in zip(first, second)]
    memory.update(logits=subtract(logits, times(number(rate), moves)), first=first, second=second, count=count)


def uncertainty(step, options, memory):
    """arXiv 1705.07115: the sum of L exp(-s) / 2 + s / 2, with s trained beside."""
    s = memory.get("logits") or [mpf(0)] * step.count
    adam([(1 - loss * mp.exp(-x)) / 2 for x, loss in zip(s, step.losses)], options.get("rate", 0.01), memory)
    return combine([mp.exp(-x) / 2 for x in s], step.rows)


def imtl_l(step, options, memory):
    """Liu and others, ICLR 2021: the sum of exp(s) L - s, with s trained beside."""
    s = memory.get("logits") or [mpf(0)] * step.count
    adam([loss * mp.exp(x) - 1 for x, loss in zip(s, step.losses)], options.get("rate", 0.01), memory)
    return combine([mp.exp(x) for x in s], step.rows)


def dwa(step, options, memory):
    """arXiv 1803.10704, equation 7, from the mean losses of the two epochs before; ones in the first two epochs."""
    temperature = number(options.get("temperature", 2))
    history = memory.setdefault("history", {})
    earlier = [history.get(step.epoch - back) for back in (1, 2)]
    history.setdefault(step.epoch, []).append(step.losses)
    if None in earlier:
        return total(step, {}, {})
    last, before = ([mp.fsum(column) / len(losses) for column in zip(*losses)] for losses in earlier)
    return combine(times(mpf(step.count), softmax([a / b / temperature for a, b in zip(last, before)])), step.rows)


def softmax(values):
    powers = [mp.exp(value) for value in values]
    return [power / mp.fsum(powers) for power in powers]


def geometric_mean(step, options, memory):
    """arXiv 1904.08492: the gradient of (L1 ... LK)^(1/K)."""
    value = mp.exp(mp.fsum(mp.log(loss) for loss in step.losses) / step.count)
    return combine([value / (step.count * loss) for loss in step.losses], step.rows)


def ideal_of(step, options):
    given = options.get("ideal", 0)
    return [number(given[i]) if isinstance(given, list) else number(given) for i in step.objectives]


def stch(step, options, memory):
    """arXiv 2402.19078, equation 7: the gradient of mu log sum exp(w (L - z) / mu)."""
    mu = number(options.get("mu", 0.1))
    weights = preference_of(step, options)
    shifted = subtract(step.losses, ideal_of(step, options))
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
    ideal = ideal_of(step, options)

    def scalar(losses):
        shifted = subtract(losses, ideal)
        along = dot(shifted, ray)
        return along + theta * norm(subtract(shifted, times(along, ray)))

    return combine(derivative_of(scalar, step.losses), step.rows)


def famo(step, options, memory):
    """arXiv 2306.03792, algorithm 1: Adam on the logits, with the losses after the step."""
    decay, least = number(options.get("decay", 1e-3)), number(options.get("minimum", 0))
    logits = memory.get("logits") or [mpf(0)] * step.count
    z = softmax(logits)
    least -= number(options.get("regularization", 0))
    above = [loss - least for loss in step.losses]
    whole = 1 / mp.fsum(share / x for share, x in zip(z, above))
    direction = combine([whole * share / x for share, x in zip(z, above)], step.rows)
    if step.losses_after:
        drop = [mp.log(x) - mp.log(after - least) for x, after in zip(above, step.losses_after)]
        average = dot(z, drop)
        slopes = [share * (x - average) + decay * logit for share, x, logit in zip(z, drop, logits)]
        adam(slopes, options.get("rate", 0.025), memory)
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
    "dynamic-barrier": dynamic_barrier,
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
