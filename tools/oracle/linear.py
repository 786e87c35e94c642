"""Vectors of 60-digit numbers, and the one geometric problem behind the cone methods: the point of a polyhedron closest to a given one."""

from functools import lru_cache

from mpmath import mp, mpf

mp.dps = 60

# Two numbers that agree to this, relative to what they are made of, are equal. Inputs have 16 digits and come from
# exact constructions, so what is not zero is far above it, and rounding is far below.
TINY = mpf(10) ** -40

Vector = list
Matrix = list


def dot(a: Vector, b: Vector):
    return mp.fdot(a, b)


def norm(a: Vector):
    return mp.sqrt(dot(a, a))


def add(*vectors: Vector) -> Vector:
    return [mp.fsum(entries) for entries in zip(*vectors)]


def times(factor, a: Vector) -> Vector:
    return [factor * x for x in a]


def subtract(a: Vector, b: Vector) -> Vector:
    return [x - y for x, y in zip(a, b)]


def combine(coefficients, rows: Matrix) -> Vector:
    """The sum of coefficient times row."""
    return [dot(coefficients, column) for column in zip(*rows)]


def gramian(rows: Matrix) -> Matrix:
    return [[dot(a, b) for b in rows] for a in rows]


def without_zeros(rows: Matrix) -> Matrix:
    return [row for row in rows if any(row)]


def unit(row: Vector) -> Vector:
    return times(1 / norm(row), row)


def solve(matrix: Matrix, right: Vector) -> Vector:
    """Gaussian elimination with the largest pivot of each column; the matrix must be regular."""
    size = len(right)
    work = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(work[row][column]))
        work[column], work[pivot] = work[pivot], work[column]
        for row in range(column + 1, size):
            factor = work[row][column] / work[column][column]
            if factor:
                work[row] = [a - factor * b for a, b in zip(work[row], work[column])]
    answer = [mpf(0)] * size
    for row in reversed(range(size)):
        known = dot(work[row][row + 1 : size], answer[row + 1 :])
        answer[row] = (work[row][size] - known) / work[row][row]
    return answer


def spectrum(symmetric: Matrix):
    """The eigenvalues that are not zero, rising, and their eigenvectors."""
    values, vectors = mp.eigsy(mp.matrix(symmetric))
    largest = max([abs(value) for value in values], default=mpf(0))
    kept = [i for i in range(len(values)) if values[i] > TINY * largest]
    return [values[i] for i in kept], [[vectors[row, i] for row in range(len(values))] for i in kept]


def pseudo_inverse_times(symmetric: Matrix, right: Vector) -> Vector:
    """The Moore-Penrose inverse of a positive semidefinite matrix, times a vector."""
    values, vectors = spectrum(symmetric)
    if not values:
        return [mpf(0)] * len(right)
    return combine([dot(v, right) / value for value, v in zip(values, vectors)], vectors)


def independent(rows: Matrix) -> bool:
    basis: list[Vector] = []
    for row in rows:
        rest = row
        for other in basis:
            rest = subtract(rest, times(dot(rest, other), other))
        if norm(rest) <= mp.sqrt(TINY) * norm(row):
            return False
        basis.append(unit(rest))
    return True


def condition(rows: Matrix):
    """Of the Gramian of the rows brought to length one, on its range."""
    return condition_of(tuple(tuple(row) for row in without_zeros(rows)))


@lru_cache
def condition_of(rows):
    units = [unit(row) for row in rows]
    if not units:
        return mpf(1)
    values, _ = spectrum(gramian(units))
    return values[-1] / values[0]


def closest(point: Vector, normals: Matrix, bounds: Vector):
    """
    The x closest to `point` with <normal, x> >= bound for each unit normal, or None where there is no such x.

    The dual method of Goldfarb and Idnani (Mathematical Programming 27, 1983). The answer is proved, not believed: the optimality
    conditions, or Farkas's certificate that there is no such x, are asserted to 40 digits.
    """
    x = list(point)
    active: list[int] = []
    multipliers: list = []
    inner = gramian(normals)
    scale = max([abs(value) for value in [*point, *bounds]], default=mpf(0))

    def slack(i):
        return dot(normals[i], x) - bounds[i]

    while True:
        outside = [i for i in range(len(normals)) if i not in active]
        entering = min(outside, key=slack, default=None)
        reach = max([scale, *[abs(value) for value in x]])
        if entering is None or slack(entering) >= -TINY * reach:
            break
        strength = mpf(0)
        while True:
            block = [[inner[i][j] for j in active] for i in active]
            shares = solve(block, [inner[i][entering] for i in active]) if active else []
            heading = subtract(normals[entering], combine(shares, [normals[i] for i in active])) if active else normals[entering]
            falling = [j for j, share in enumerate(shares) if share > TINY]
            dual = min([multipliers[j] / shares[j] for j in falling], default=None)
            free = dot(heading, heading)
            primal = -slack(entering) / free if free > TINY else None
            if dual is None and primal is None:
                assert_nothing_satisfies(normals, bounds, active, entering, shares)
                return None
            step = min(t for t in (dual, primal) if t is not None)
            if primal is not None:
                x = add(x, times(step, heading))
            multipliers = [m - step * share for m, share in zip(multipliers, shares)]
            strength += step
            if step == primal:
                active.append(entering)
                multipliers.append(strength)
                break
            leaving = min(falling, key=lambda j: multipliers[j])
            del active[leaving], multipliers[leaving]

    reach = max([scale, *[abs(value) for value in x], *multipliers])
    small = TINY * 1000 * reach
    moved = combine(multipliers, [normals[i] for i in active]) if active else [mpf(0)] * len(x)
    assert norm(subtract(subtract(x, point), moved)) <= small, "not stationary"
    assert all(m >= -small for m in multipliers), "a negative multiplier"
    assert all(slack(i) >= -small for i in range(len(normals))), "outside"
    assert all(abs(slack(i)) <= small for i in active), "not complementary"
    return x


def assert_nothing_satisfies(normals, bounds, active, entering, shares):
    """A nonnegative combination of the normals that vanishes, though that of the bounds is positive."""
    weights = [-share for share in shares] + [mpf(1)]
    indices = [*active, entering]
    assert all(weight >= -TINY * 1000 for weight in weights)
    assert norm(combine(weights, [normals[i] for i in indices])) ** 2 <= TINY * 1000
    assert dot(weights, [bounds[i] for i in indices]) > 0
