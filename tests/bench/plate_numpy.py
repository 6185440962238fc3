"""The tables of QC.md with numpy and scipy's arithmetic: what `quality_of_all` and `b_scores_of_all` are held against.

Written as a good Python engineer would who knows that it is timed. What is vectorised: everything runs over all features of
the same pattern of missing wells at once. Means and deviations are axis reductions; medians are one partition over an axis;
line means are one matrix product; all Theil-Sen slopes of all features are one array. Moran's I: features stand in columns,
32 at a time so that they stay in the processor's cache; a permutation is one `take` of whole rows onto a plate with a row
and a column of zeros more, and the sum over neighbours is an add, and one `einsum` of slices, into arrays made before; the
permutations are drawn once. Median polish is there twice: `each` is a port of R's `medpolish`, one plate at a time with
`nanmedian`; `all` sweeps every feature at once (a sort along the axis, missing wells last, so that the middle of a line is
at a known place), and features that have stopped are left out of the next sweep. Two threads are two processes that share
the values (fork), each with half of the features.

usage: plate_numpy.py serve FILE              answers lines of JSON, as `cargo xtask bench plate` asks them, one thread
       plate_numpy.py make FILE [FEATURES]     writes a plate of 1,536 wells, and its roles
       plate_numpy.py time FILE [THREADS]      prints one JSON object: seconds by part; compares with FILE.ours if it is there
"""

import json
import multiprocessing
import os
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np

FORMATS = {6: (2, 3), 12: (3, 4), 24: (4, 6), 48: (6, 8), 96: (8, 12), 384: (16, 24), 1536: (32, 48), 3456: (48, 72)}
NEGATIVE, POSITIVE, SAMPLE, EMPTY = 0, 1, 3, 4
PERMUTATIONS, ABREAST, MAD = 999, 32, 1.4826
NAMES = ("z_prime robust_z_prime z ssmd robust_ssmd signal_to_background signal_to_noise signal_window cv_positive "
         "cv_negative cv_sample edge_effect_percent edge_strength row_gradient_percent column_gradient_percent morans_i "
         "p worst_row worst_column").split()


def make(path, features):
    """Controls in the outer columns, an edge and a gradient in some features, eight wells lost, holes in one of a hundred."""
    rng = np.random.default_rng(5)
    rows, columns = FORMATS[1536]
    roles = np.full((rows, columns), SAMPLE, np.uint8)
    roles[:, 0] = NEGATIVE
    roles[::2, -1], roles[1::2, -1] = NEGATIVE, POSITIVE
    roles = roles.ravel()
    row, column = np.divmod(np.arange(1536), columns)
    values = np.empty((features, 1536))
    for feature in range(features):
        scale, shift = np.exp(rng.normal(0, 3)), rng.normal(0, 5)
        x = 10 + rng.standard_normal(1536) + rng.normal(0, .05) * row + rng.normal(0, .03) * column
        x[(row == 0) | (column == 0) | (row == rows - 1) | (column == columns - 1)] += rng.normal(0, .5)
        x[roles == POSITIVE] -= 6
        values[feature] = scale * (x + shift)
    values[:, rng.choice(1536, 8, replace=False)] = np.nan
    for feature in range(0, features, 100):
        values[feature, rng.choice(1536, 2, replace=False)] = np.nan
    values.astype("<f8").tofile(path)
    roles.tofile(path + ".roles")


def median(x):
    n = x.shape[1]
    part = np.partition(x, (n // 2, (n - 1) // 2), axis=1)
    return (part[:, n // 2] + part[:, (n - 1) // 2]) / 2


def mad(x, centre):
    return MAD * median(np.abs(x - centre[:, None]))


def patterns(values, wells):
    """Features by which of the wells have a value: (wells with one, features)."""
    has = np.isfinite(values[:, wells])
    found = {}
    for feature, key in enumerate(np.packbits(has, axis=1)):
        found.setdefault(key.tobytes(), []).append(feature)
    return [(wells[has[features[0]]], np.array(features)) for features in found.values()]


def first_table(values, roles, samples, out):
    """Of features whose samples have the same wells; controls may lack some."""
    def spread(wells):
        x = values[:, wells]
        if np.isfinite(x).all():
            centre = median(x)
            return x.mean(axis=1), x.std(axis=1, ddof=1), centre, mad(x, centre)
        centre = np.nanmedian(x, axis=1)
        return (np.nanmean(x, axis=1), np.nanstd(x, axis=1, ddof=1), centre,
                MAD * np.nanmedian(np.abs(x - centre[:, None]), axis=1))

    mp, sp, cp, dp = spread(np.flatnonzero(roles == POSITIVE))
    mn, sn, cn, dn = spread(np.flatnonzero(roles == NEGATIVE))
    x = values[:, samples]
    ms, ss = x.mean(axis=1), x.std(axis=1, ddof=1)
    high, low = np.where(mp >= mn, mp, mn), np.where(mp >= mn, mn, mp)
    sh, sl = np.where(mp >= mn, sp, sn), np.where(mp >= mn, sn, sp)
    out["z_prime"] = 1 - 3 * (sp + sn) / abs(mp - mn)
    out["robust_z_prime"] = 1 - 3 * (dp + dn) / abs(cp - cn)
    out["z"] = 1 - 3 * (ss + sn) / abs(ms - mn)
    out["ssmd"] = (mp - mn) / np.sqrt(sp**2 + sn**2)
    out["robust_ssmd"] = (cp - cn) / np.sqrt(dp**2 + dn**2)
    out["signal_to_background"], out["signal_to_noise"] = mp / mn, (mp - mn) / sn
    out["signal_window"] = (high - 3 * sh - low - 3 * sl) / sh
    out["cv_positive"], out["cv_negative"], out["cv_sample"] = (100 * s / abs(m) for s, m in ((sp, mp), (sn, mn), (ss, ms)))


def artefacts(values, shape, samples, out):
    rows, columns = shape
    row, column = np.divmod(samples, columns)
    x = values[:, samples]
    ring = (row == 0) | (column == 0) | (row == rows - 1) | (column == columns - 1)
    inside = x[:, ~ring]
    outer, inner, plate, mean = median(x[:, ring]), median(inside), median(x), x.mean(axis=1)
    out["edge_effect_percent"] = 100 * (outer - inner) / abs(inner)
    out["edge_strength"] = (outer - inner) / mad(inside, inner)
    for at, name, n in ((row, "row", rows), (column, "column", columns)):
        lines = np.unique(at)
        medians = np.stack([median(x[:, at == line]) for line in lines], axis=1)
        a, b = np.triu_indices(len(lines), 1)
        slopes = (medians[:, b] - medians[:, a]) / (lines[b] - lines[a])
        out[name + "_gradient_percent"] = 100 * median(slopes) * (n - 1) / abs(plate)
        is_in = (at[:, None] == lines).astype(float)
        percents = 100 * (x @ (is_in / is_in.sum(axis=0)) - mean[:, None]) / abs(mean)[:, None]
        out["worst_" + name] = percents[np.arange(len(x)), np.abs(percents).argmax(axis=1)]
    out["morans_i"], out["p"] = morans(x, shape, row, column)


def morans(x, shape, row, column):
    rows, columns = shape
    n = x.shape[1]
    rng = np.random.default_rng(1)
    grids = np.full((PERMUTATIONS + 1, rows + 1, columns + 1), n, np.intp)
    grids[0, row, column] = np.arange(n)
    for grid in grids[1:]:
        grid[row, column] = rng.permutation(n)
    here = grids[0]
    pairs = (((here[:, :-1] < n) & (here[:, 1:] < n)).sum() + ((here[:-1] < n) & (here[1:] < n)).sum())
    z = x - x.mean(axis=1, keepdims=True)
    z /= np.sqrt((z * z).sum(axis=1, keepdims=True))
    expected = -pairs / (n * (n - 1))
    i, p = np.empty(len(x)), np.empty(len(x))
    for start in range(0, len(x), ABREAST):
        some = slice(start, min(start + ABREAST, len(x)))
        k = some.stop - some.start
        by_well = np.vstack([z[some].T, np.zeros(k)])
        plate, near = np.empty((rows + 1, columns + 1, k)), np.empty((rows, columns, k))
        sums = np.empty((PERMUTATIONS + 1, k))
        for grid, into in zip(grids, sums):
            np.take(by_well, grid, axis=0, out=plate, mode="clip")
            np.add(plate[:-1, 1:], plate[1:, :-1], out=near)
            np.einsum("rcf,rcf->f", plate[:-1, :-1], near, out=into)
        far = np.abs(sums - expected)
        i[some] = n / pairs * sums[0]
        p[some] = ((far[1:] >= far[0] - 1e-9).sum(axis=0) + 1) / (PERMUTATIONS + 1)
    return i, p


def quality(values, roles):
    shape = FORMATS[len(roles)]
    result = {name: np.empty(len(values)) for name in NAMES}
    for wells, features in patterns(values, np.flatnonzero(roles == SAMPLE)):
        part, out = values[features], {}
        first_table(part, roles, wells, out)
        artefacts(part, shape, wells, out)
        for name, numbers in out.items():
            result[name][features] = numbers
    return result


def medpolish(x, eps=1e-5, maxiter=200):
    """R's medpolish with na.rm=TRUE: overall, rows, columns, residuals."""
    z = x.copy()
    t, r, c, old = 0.0, np.zeros(len(z)), np.zeros(z.shape[1]), 0.0
    for _ in range(maxiter):
        delta = np.nanmedian(z, axis=1)
        z -= delta[:, None]
        r += delta
        delta = np.nanmedian(c)
        c -= delta
        t += delta
        delta = np.nanmedian(z, axis=0)
        z -= delta
        c += delta
        delta = np.nanmedian(r)
        r -= delta
        t += delta
        new = np.nansum(np.abs(z))
        if new == 0 or abs(new - old) < eps * new:
            break
        old = new
    return t, r, c, z


def b_scores_each(values, roles):
    """One plate at a time."""
    is_sample = (roles == SAMPLE).reshape(FORMATS[len(roles)])
    scores = np.empty_like(values)
    for feature, x in enumerate(values):
        x = x.reshape(is_sample.shape)
        t, r, c, z = medpolish(np.where(is_sample, x, np.nan))
        unit = MAD * np.nanmedian(np.abs(z - np.nanmedian(z)))
        scores[feature] = ((x - t - r[:, None] - c) / unit).ravel()
    return scores


def b_scores_all(values, roles, eps=1e-5, maxiter=200):
    """All features of a pattern at once."""
    rows, columns = FORMATS[len(roles)]
    scores = np.empty_like(values)
    for wells, features in patterns(values, np.flatnonzero(roles == SAMPLE)):
        x = values[features]
        z = np.full(x.shape, np.nan)
        z[:, wells] = x[:, wells]
        z = z.reshape(-1, rows, columns)
        there = np.isfinite(z[0])
        in_row, in_column = there.sum(axis=1), there.sum(axis=0)
        has_row, has_column = in_row > 0, in_column > 0

        def middles(lines, n):
            ordered, at = np.sort(lines, axis=2), np.maximum(n, 1)
            index = np.arange(lines.shape[1])
            found = (ordered[:, index, at // 2] + ordered[:, index, (at - 1) // 2]) / 2
            found[:, n == 0] = 0
            return found

        t, r, c = np.zeros(len(x)), np.zeros((len(x), rows)), np.zeros((len(x), columns))
        active, old = np.arange(len(x)), np.zeros(len(x))
        for _ in range(maxiter):
            part = z[active]
            delta = middles(part, in_row)
            part -= delta[:, :, None]
            r[active] += delta
            delta = median(c[active][:, has_column])
            c[active] -= delta[:, None]
            t[active] += delta
            delta = middles(np.ascontiguousarray(part.transpose(0, 2, 1)), in_column)
            part -= delta[:, None, :]
            c[active] += delta
            delta = median(r[active][:, has_row])
            r[active] -= delta[:, None]
            t[active] += delta
            z[active] = part
            new = np.abs(part[:, there]).sum(axis=1)
            stopped = (new == 0) | (np.abs(new - old[active]) < eps * new)
            old[active] = new
            active = active[~stopped]
            if not len(active):
                break
        residuals = z[:, there]
        unit = mad(residuals, median(residuals))
        r[:, ~has_row], c[:, ~has_column] = np.nan, np.nan
        fitted = (t[:, None, None] + r[:, :, None] + c[:, None, :]).reshape(len(x), -1)
        scores[features] = (x - fitted) / unit[:, None]
    return scores


WORK = {"all_statistics_and_artefacts": quality, "b_scores_all": b_scores_all, "b_scores_each": b_scores_each}


def half(name, part):
    return WORK[name](VALUES[part], ROLES)


def timed(path, threads):
    global VALUES, ROLES
    ROLES = np.fromfile(path + ".roles", np.uint8)
    VALUES = np.fromfile(path, "<f8").reshape(-1, len(ROLES))
    told, results = {"features": len(VALUES), "threads": threads}, {}
    for name in os.environ.get("PLATE_PARTS", ",".join(WORK)).split(","):
        if threads == 1:
            start, busy = time.perf_counter(), time.process_time()
            results[name] = WORK[name](VALUES, ROLES)
            told[name + "_cpu"] = round(time.process_time() - busy, 3)
        else:
            edges = [len(VALUES) * k // threads for k in range(threads + 1)]
            parts = [(name, slice(a, b)) for a, b in zip(edges, edges[1:])]
            with multiprocessing.get_context("fork").Pool(threads) as pool:
                pool.starmap(abs, [(0,)] * threads)
                start = time.perf_counter()
                pool.starmap(half, parts)
        told[name] = round(time.perf_counter() - start, 3)
    if results and os.path.exists(path + ".ours"):
        told["farthest_from_ours"] = compared(path, results)
    print(json.dumps(told))


def compared(path, results):
    """The largest relative difference by name; of p, the largest difference."""
    numbers = np.fromfile(path + ".ours", "<f8")
    n = len(VALUES)
    ours, scores = numbers[:n * 20].reshape(n, 20), numbers[n * 20:].reshape(VALUES.shape)
    farthest = {}
    for at, name in enumerate(NAMES):
        theirs = results.get("all_statistics_and_artefacts", {}).get(name)
        if theirs is not None:
            far = np.abs(ours[:, at] - theirs)
            farthest[name] = float((far if name == "p" else far / np.abs(theirs)).max())
    for name in ("b_scores_all", "b_scores_each"):
        if name in results:
            assert (np.isnan(scores) == np.isnan(results[name])).all()
            farthest[name] = float(np.nanmax(np.abs(scores - results[name]) / np.maximum(1e-3, np.abs(results[name]))))
    farthest["sweeps"] = [float(ours[:, 19].mean()), float(ours[:, 19].max())]
    return farthest


def serve(path):
    """{"do": "make", "features": N}, {"do": one of WORK} and {"do": "compare"}, each answered by a line."""
    global VALUES, ROLES
    results = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "make":
            make(path, asked["features"])
            ROLES = np.fromfile(path + ".roles", np.uint8)
            VALUES = np.fromfile(path, "<f8").reshape(-1, len(ROLES))
            told = {"numpy": np.__version__}
        elif asked["do"] == "compare":
            told = compared(path, results)
        else:
            start = time.perf_counter()
            results[asked["do"]] = WORK[asked["do"]](VALUES, ROLES)
            told = {"seconds": time.perf_counter() - start}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    elif sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1500)
    else:
        timed(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
