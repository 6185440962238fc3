//! An assay card that is made in the middle of a session: what came before it counts, live, in replay and when it is looked at
//! again.

use engine::desk::cards::{AssayCards, CardDetail, CardHeadline, SetCardsArgs};
use engine::desk::chosen::{DemoArgs, NoArgs, SessionArgs};
use engine::desk::shown::PlateArgs;

use crate::desk::Sight;

const FEATURE: &str = "Nuclei_Intensity_IntegratedIntensity_RNA";
/// The one plate of the demo that has more features than a count.
const BARCODE: &str = "SQ00015054";

/// Z' of the card's first feature on the plate, as its screen shows it.
async fn z_prime(sight: &Sight, feature: &str) -> Option<f64> {
    let handle = sight.plates().into_iter().find(|plate| plate.barcode == BARCODE)?.plate;
    let detail = sight.desk.plate(PlateArgs { plate: handle }).await.unwrap();
    let qc = detail.qc.iter().find(|qc| qc.feature == feature)?;
    qc.lines.iter().find(|line| line.name == "z_prime")?.value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_becomes_a_headline_has_the_values_from_before() {
    let sight = Sight::new().await;
    sight.desk.start_demo(DemoArgs { speed: 2000.0 }).await.unwrap();
    let complete = |sight: &Sight| {
        let plates = sight.plates();
        (plates.iter().map(|plate| plate.wells_in).sum::<u32>() == 8 * 384 - 1).then_some(plates)
    };
    let plates = sight.until("eight complete plates", complete).await;
    let plate = plates.iter().find(|plate| plate.barcode == BARCODE).unwrap().plate.clone();
    assert_eq!(z_prime(&sight, FEATURE).await, None, "nobody judges it yet");

    // What the session itself gives for it, read beside the board.
    let features = sight.desk.card_features(PlateArgs { plate }).await.unwrap();
    let expected = features.rows.iter().find(|row| row.feature == FEATURE).unwrap().z_prime;
    assert!(expected.is_some(), "{features:?}");

    let AssayCards { cards, .. } = sight.desk.cards(NoArgs {}).await.unwrap();
    let card = &cards[0];
    let headline = CardHeadline { feature: FEATURE.into(), transform: "none".into(), ..card.headline[0].clone() };
    let changed = CardDetail { headline: vec![headline], ..card.clone() };
    let set = |card: &CardDetail| SetCardsArgs { cards: vec![card.clone()], reason: "RNA is the readout".into() };
    sight.desk.set_cards(set(&changed)).await.unwrap();
    let live = z_prime(&sight, FEATURE).await;
    assert_eq!(live, expected, "as if the card had been there from the beginning");
    // And back: the count is as it was, though nobody had asked for it meanwhile.
    sight.desk.set_cards(set(card)).await.unwrap();
    assert!(z_prime(&sight, &card.headline[0].feature).await.is_some());
    sight.desk.set_cards(set(&changed)).await.unwrap();

    // Ended, it verifies, and opened again its replay says the same.
    sight.desk.disconnect(NoArgs {}).await.unwrap();
    sight.until("the ended session", complete).await;
    let session = sight.desk.sessions(NoArgs {}).await.unwrap().rows.remove(0).session;
    let verified = sight.desk.verify_session(SessionArgs { session: session.clone() }).await.unwrap();
    let failed: Vec<_> =
        verified.checks.iter().filter(|check| check.level == engine::desk::told::Level::Fail).collect();
    assert!(failed.is_empty(), "{failed:?}");
    sight.desk.close_session(NoArgs {}).await.unwrap();
    sight.until("the empty desk", |sight| sight.plates().is_empty().then_some(())).await;
    sight.desk.open_session(SessionArgs { session }).await.unwrap();
    sight.until("the opened session", complete).await;
    assert_eq!(z_prime(&sight, FEATURE).await, expected);
}
