//! Normalisations against base R 4.2.2 and cellHTS2 2.69.0, artefacts against numpy, scipy, libpysal and esda.

use plate::PlateQuality;
use plate::normalise::{Against, Fit, Method, Options, normalised};
use plate::quality::Terms;

use crate::examples::{assert_close, assert_column, by_plate, column, lincs, read, shared_example, wells};

/// R's settings for the LINCS plates: every well, until hardly anything changes.
const OF_R: Options = Options { against: Against::Samples, fit: Fit::All, epsilon: 1e-10, sweeps: 200 };

#[test]
fn lincs_scores_are_those_of_r() {
    let Some(path) = shared_example("lincs_well_scores_6.csv") else { return };
    let plates = by_plate(read(&path));
    assert_eq!(plates.len(), 6);
    for (plate, rows) in plates {
        let (values, wells) = (column(&rows, "cell_count"), wells(&rows, "role"));
        let check = |method: Method, against: Against, theirs: &str| {
            let ours = normalised(method, &Options { against, ..OF_R }, &values, &wells).unwrap();
            assert_column(&ours.values, &column(&rows, theirs), &format!("{plate} {theirs}"));
        };
        check(Method::PercentOfControl, Against::Samples, "pct_of_neg_mean");
        check(Method::Z, Against::Negatives, "z_neg");
        check(Method::Z, Against::Samples, "z_sample");
        check(Method::RobustZ, Against::Negatives, "robust_z_neg");
        check(Method::RobustZ, Against::Samples, "robust_z_sample");
        check(Method::RobustZ, Against::Plate, "robust_z_plate");
        check(Method::BScore, Against::Samples, "bscore");
        // As it stands in this table, NPI is 0 for negatives and 100 for positives.
        let ours = normalised(Method::PercentActivity, &OF_R, &values, &wells).unwrap();
        assert_column(&ours.values, &column(&rows, "npi"), &format!("{plate} npi"));
    }
}

/// cellHTS2 fits the samples, to 1e-5 and 200 sweeps: our defaults. Its logarithms are of x / median of the samples.
#[test]
fn kcviab_scores_are_those_of_cellhts2() {
    let Some(path) = shared_example("kcviab_wells_1_3.csv") else { return };
    for (plate, rows) in by_plate(read(&path)) {
        let wells = wells(&rows, "content");
        for replicate in ["r1", "r2"] {
            let raw = column(&rows, &format!("raw_{replicate}"));
            let of = |method, values: &[Option<f64>]| normalised(method, &Options::default(), values, &wells).unwrap();
            let check = |ours: &[Option<f64>], theirs: &str| {
                let name = format!("{theirs}_{replicate}");
                assert_column(ours, &column(&rows, &name), &format!("plate {plate} {name}"));
            };
            let ratio = of(Method::PlateMedian, &raw).values;
            check(&ratio, "ratio_median");
            check(&of(Method::BScore, &raw).values, "bscore_raw_byplate");
            let log2 = of(Method::Log2, &ratio);
            assert_eq!(log2.not_above_zero, 0);
            let scored = of(Method::BScore, &log2.values);
            check(&scored.values, "bscore_log2_byplate");
            let polish = scored.polish.unwrap();
            assert!(polish.converged && polish.n == 380, "{polish:?}");
            let residuals: Vec<_> = scored.values.iter().map(|score| score.map(|score| score * polish.mad)).collect();
            check(&residuals, "bresid_log2");
        }
    }
}

/// `third_table.csv` is computed by `third_table.py` beside it.
#[test]
fn lincs_artefacts_are_those_of_scipy_and_esda() {
    let (values, layouts) = (by_plate(read(&lincs("wells.csv"))), by_plate(read(&lincs("layout.csv"))));
    let theirs = read(&lincs("third_table.csv"));
    assert_eq!(theirs.len(), 6);
    for theirs in theirs {
        let plate = &theirs["plate"];
        let wells = wells(&layouts[plate], "role");
        let quality = PlateQuality::of(&column(&values[plate], "Cells_Count"), &wells, Terms::default());
        let number = |name: &str| theirs[name].parse::<f64>().unwrap();
        for (name, ours) in quality.artefacts.named() {
            assert_close(ours.unwrap(), number(name), &format!("{plate} {name}"));
        }
        let (row, column) = (quality.artefacts.worst_row.unwrap(), quality.artefacts.worst_column.unwrap());
        assert_eq!((f64::from(row.line), f64::from(column.line)), (number("worst_row"), number("worst_column")));
        assert_close(row.percent, number("worst_row_percent"), "the worst row");
        assert_close(column.percent, number("worst_column_percent"), "the worst column");
        let counts = quality.artefacts.counts;
        assert_eq!(f64::from(counts.neighbour_pairs), number("neighbour_pairs"));
        assert_eq!((counts.sample, counts.outer + counts.inner), (336, 336));
        let p = quality.artefacts.morans_i.unwrap().p;
        assert!((p - number("morans_p")).abs() < 0.003, "{plate}: ours {p}, theirs {}", number("morans_p"));
    }
}
