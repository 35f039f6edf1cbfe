//! Sobol' points against scipy's, down to each direction number.

use monte_carlo::sobol::Sobol;

/// index, dimension, coordinate: see tools/quasi_points.py.
fn scipy() -> Vec<(u64, usize, u64)> {
    let parse = |line: &str| {
        let mut fields = line.split(' ');
        let mut next = || fields.next().unwrap();
        (next().parse().unwrap(), next().parse().unwrap(), u64::from_str_radix(next(), 16).unwrap())
    };
    include_str!("data/quasi_points.txt").lines().map(parse).collect()
}

/// Scipy's lines, each with our point of that index.
fn compared() -> Vec<(u64, usize, u64, u64)> {
    let sobol = Sobol::new(21_201).unwrap();
    let (mut point, mut at) = (vec![0; 21_201], None);
    let ours = |(index, dimension, expected)| {
        if at != Some(index) {
            sobol.point(index, &mut point);
            at = Some(index);
        }
        (index, dimension, expected, point[dimension])
    };
    scipy().into_iter().map(ours).collect()
}

#[test]
fn all_64_direction_numbers_are_scipys() {
    let lines = compared();
    assert_eq!(lines.len(), 9 * 32 + 7 * 40);
    let every = lines.iter().fold(0, |bits, (index, ..)| bits | index ^ index >> 1);
    assert_eq!(every, u64::MAX, "the points take all direction numbers");
    for (index, dimension, expected, ours) in lines {
        assert_eq!(ours, expected, "point {index}, dimension {dimension}");
    }
}

/// Planted faults: any one direction number wrong by one bit, in any dimension that is looked at.
#[test]
fn each_wrong_direction_number_is_noticed() {
    let lines = compared();
    for faulty in (0..32).chain([999, 5000, 21_200]) {
        for place in 0..64 {
            let wrong = |index: u64, ours: u64| {
                if (index ^ index >> 1) >> place & 1 == 1 { ours ^ 1 << (63 - place) } else { ours }
            };
            let is_noticed = |&(index, dimension, expected, ours): &(u64, usize, u64, u64)| {
                dimension == faulty && wrong(index, ours) != expected
            };
            assert!(lines.iter().any(is_noticed), "number {place} of dimension {faulty}");
        }
    }
}

/// Planted faults: the Gray code off by one, the plain order, two neighbouring dimensions exchanged.
#[test]
fn another_order_is_noticed() {
    let sobol = Sobol::new(33).unwrap();
    let differences = |index: fn(u64) -> u64, dimension: fn(usize) -> usize| {
        let near = scipy().into_iter().filter(|line| line.1 < 32);
        let differs = |(given, place, expected): (u64, usize, u64)| {
            let mut point = [0; 33];
            sobol.point(index(given), &mut point);
            point[dimension(place)] != expected
        };
        near.filter(|line| differs(*line)).count()
    };
    assert_eq!(differences(|index| index, |dimension| dimension), 0);
    assert!(differences(|index| index.wrapping_add(1), |dimension| dimension) > 400);
    let plain = |index: u64| (0..6).fold(index, |gray, shift| gray ^ gray >> (1 << shift));
    assert!(differences(plain, |dimension| dimension) > 200);
    assert!(differences(|index| index, |dimension| dimension ^ 1) > 200);
}
