//! Moran's I against its formula over every pair of wells, and p against every permutation there is.

use plate::quality::Terms;
use plate::{CountedWells, Format, PlateQuality, Undefined};

/// I by its definition: every well with every other, weight 1 where they touch in a row or a column.
fn by_definition(values: &[(usize, f64)], columns: usize) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().map(|(_, value)| value).sum::<f64>() / n;
    let (mut weights, mut products) = (0.0, 0.0);
    for (a, x) in values {
        for (b, y) in values {
            let rows = (a / columns).abs_diff(b / columns);
            let across = (a % columns).abs_diff(b % columns);
            if rows + across == 1 {
                weights += 1.0;
                products += (x - mean) * (y - mean);
            }
        }
    }
    let squares: f64 = values.iter().map(|(_, value)| (value - mean) * (value - mean)).sum();
    n / weights * products / squares
}

fn noise(i: usize) -> f64 {
    ((i * i * 37 + i * 11) % 101) as f64 / 101.0 + 3.0
}

fn of(values: &[Option<f64>], wells: &CountedWells) -> PlateQuality {
    PlateQuality::of(values, wells, Terms::default())
}

#[test]
fn i_is_its_formula_on_every_format_with_holes_and_islands() {
    for format in Format::ALL {
        let (n, columns) = (usize::from(format.wells()), usize::from(format.columns()));
        let mut is_sample: Vec<bool> = (0..n).map(|i| i % 11 != 4).collect();
        // The last corner is an island.
        (is_sample[n - 2], is_sample[n - 1 - columns], is_sample[n - 1]) = (false, false, true);
        let values: Vec<Option<f64>> = (0..n).map(|i| (i % 13 != 6).then(|| noise(i) + (i / columns) as f64)).collect();
        let there: Vec<(usize, f64)> = (0..n).filter(|i| is_sample[*i]).filter_map(|i| Some((i, values[i]?))).collect();
        let ours = of(&values, &CountedWells::of_samples(format, &is_sample)).artefacts;
        assert_eq!(ours.counts.sample as usize, there.len());
        let (i, theirs) = (ours.morans_i.unwrap().i, by_definition(&there, columns));
        assert!((i - theirs).abs() < 1e-12, "{format}: ours {i}, by its definition {theirs}");
    }
}

/// Every order of a list.
fn orders(values: &[f64]) -> Vec<Vec<f64>> {
    if values.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for at in 0..values.len() {
        let mut rest = values.to_vec();
        let first = rest.remove(at);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first);
            order
        }));
    }
    all
}

/// Six wells have 720 orders: the exact p, within five standard errors of 999 draws. Many orders are mirror images, so
/// that this fails too where rounding decides between equals.
#[test]
fn p_is_that_of_every_permutation() {
    for values in [[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], [0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [5.0, 5.1, 9.0, 9.1, 5.2, 9.3]] {
        let placed = |order: &[f64]| order.iter().copied().enumerate().collect::<Vec<_>>();
        let from_expected = |order: &[f64]| (by_definition(&placed(order), 3) + 0.2).abs();
        let observed = from_expected(&values);
        let all = orders(&values);
        let beyond = all.iter().filter(|order| from_expected(order) >= observed - 1e-9).count();
        let exact = beyond as f64 / all.len() as f64;
        let wells = CountedWells::of_samples(Format::F6, &[true; 6]);
        let p = of(&values.map(Some), &wells).artefacts.morans_i.unwrap().p;
        let error = (exact * (1.0 - exact) / 999.0).sqrt();
        assert!((p - exact).abs() <= 5.0 * error + 0.001, "{values:?}: ours {p}, exactly {exact}");
    }
}

#[test]
fn neighbours_that_agree_or_alternate_are_seen_and_noise_is_not() {
    let wells = CountedWells::of_samples(Format::F384, &[true; 384]);
    let moran = |value: fn(usize) -> f64| {
        of(&(0..384).map(|i| Some(value(i))).collect::<Vec<_>>(), &wells).artefacts.morans_i.unwrap()
    };
    let smooth = moran(|i| (i / 24) as f64 + (i % 24) as f64);
    assert!(smooth.i > 0.8 && smooth.p == 0.001, "{smooth:?}");
    let chess = moran(|i| ((i / 24 + i % 24) % 2) as f64);
    assert!((chess.i + 1.0).abs() < 1e-12 && chess.p == 0.001, "two-sided: {chess:?}");
    let random = moran(|i| ((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as f64);
    assert!(random.i.abs() < 0.2, "{random:?}");
}

#[test]
fn what_cannot_be_had_says_why() {
    let wells = |format, is: fn(usize) -> bool| CountedWells::of_samples(format, &(0..96).map(is).collect::<Vec<_>>());
    let some: Vec<Option<f64>> = (0..96).map(|i| Some(noise(i))).collect();
    let chess = wells(Format::F96, |i| (i / 12 + i % 12) % 2 == 0);
    assert_eq!(of(&some, &chess).artefacts.morans_i, Err(Undefined::NoNeighbours));
    let all = wells(Format::F96, |_| true);
    let flat = of(&[Some(0.1); 96], &all).artefacts;
    assert_eq!(flat.morans_i.unwrap_err().to_string(), "the samples do not scatter");
    assert_eq!(flat.edge_strength.unwrap_err().to_string(), "the samples inside the outer ring do not scatter");
    assert_eq!((flat.edge_effect_percent, flat.row_gradient_percent), (Ok(0.0), Ok(0.0)));
    let nothing = of(&[], &all).artefacts;
    for (name, statistic) in nothing.named() {
        let why = statistic.unwrap_err().to_string();
        assert!(why.starts_with("0 of at least"), "{name}: {why}");
    }
    let six = of(&some, &CountedWells::of_samples(Format::F6, &[true; 6])).artefacts;
    assert_eq!(
        six.edge_effect_percent.unwrap_err().to_string(),
        "0 of at least 3 samples inside the outer ring have a value"
    );
    assert_eq!(six.row_gradient_percent.unwrap_err().to_string(), "2 of at least 3 rows have samples with a value");
    assert!(six.column_gradient_percent.is_ok() && six.morans_i.is_ok());
    let without = PlateQuality::of(&some, &all, Terms { permutations: 0, ..Terms::default() });
    assert_eq!(without.artefacts.morans_i, Err(Undefined::LeftOut));
}
