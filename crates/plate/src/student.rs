//! Student's t: the quantile that makes a 95 % interval of a standard error.

/// The two-sided 95 % point of Student's t for `degrees` of freedom; `None` for 0.
///
/// With a whole number of degrees the probability of |t| below a point is a finite sum in the angle atan(t /
/// sqrt(degrees)) (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4); the angle is found by halving an interval.
#[must_use]
pub(crate) fn t_95(degrees: u32) -> Option<f64> {
    if degrees == 0 {
        return None;
    }
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    // 60 halvings of pi / 2 leave less than one unit in the last place.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if probability(degrees, middle) < 0.95 { low = middle } else { high = middle }
    }
    Some(f64::from(degrees).sqrt() * libm::tan((low + high) / 2.0))
}

/// The probability that |t| is below sqrt(degrees) * tan(angle).
fn probability(degrees: u32, angle: f64) -> f64 {
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let squared = cosine * cosine;
    let odd = degrees % 2 == 1;
    // Odd: cos + 2/3 cos^3 + (2 4)/(3 5) cos^5 + …; even: 1 + 1/2 cos^2 + (1 3)/(2 4) cos^4 + …; up to cos^(degrees -
    // 2).
    let (mut term, mut power) = if odd { (cosine, 1) } else { (1.0, 0) };
    let mut sum = 0.0;
    while power + 2 <= degrees {
        sum += term;
        term *= squared * f64::from(power + 1) / f64::from(power + 2);
        power += 2;
        if term == 0.0 {
            break;
        }
    }
    if odd { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.t.ppf(0.975, df)` (1.17.1).
    #[test]
    fn the_points_are_those_of_scipy() {
        let points = [
            (1, 12.706_204_736_174_694),
            (2, 4.302_652_729_749_462),
            (3, 3.182_446_305_283_707_8),
            (5, 2.570_581_835_636_314_6),
            (10, 2.228_138_851_986_274),
            (20, 2.085_963_447_265_864),
            (50, 2.008_559_112_100_761),
            (200, 1.971_896_223_633_908_8),
            (1_000, 1.962_339_080_826_408_3),
        ];
        for (degrees, point) in points {
            let found = t_95(degrees).unwrap();
            assert!((found - point).abs() < 1e-11 * point, "{degrees}: {found} is not {point}");
        }
        assert_eq!(t_95(0), None);
        assert!((t_95(1_000_000).unwrap() - 1.959_966).abs() < 1e-5, "near the normal distribution's 1.959964");
    }
}
