//! The window's commands, declared once: the shell, its permissions and the TypeScript types are made from this list.

/// Calls `$with!` with every command: `name: Args => Result, "what it does"`.
///
/// `check` is not here: it takes a channel, and the shell declares it by hand. What the desk tells by itself is asked for by
/// the shell's scheme: see [`super::Desk::told`].
#[macro_export]
macro_rules! with_commands {
    ($with:ident) => {
        $with! {
            boot: NoArgs => Boot, "What the window needs to begin.";
            save_settings: SettingsArgs => WindowSettings, "Keeps the window's settings.";
            start_demo: DemoArgs => (), "Opens the demo lab in this process and records it into a new session.";
            connections: NoArgs => Connections, "The saved connections.";
            save_connection: ConnectionArgs => (), "Keeps a connection under its name.";
            forget_connection: NameArgs => (), "Deletes a saved connection; sessions stay.";
            connect: ConnectionArgs => (), "Records a lab's topics and shows them live.";
            disconnect: NoArgs => (), "Ends the recording well; its session stays open for reading.";
            features: PlateArgs => Vec<String>, "Every feature that a message of the plate named, sorted.";
            plate: PlateArgs => PlateDetail, "One plate.";
            well: WellArgs => WellDetail, "One well.";
            images: WellArgs => WellImages, "Everything imaged of one well.";
            plane: PlaneArgs => PlaneDetail, "One plane, decoded.";
            readout: ReadoutArgs => Readout, "The values under a pixel.";
            spot_check: SpotCheckArgs => SpotChecked, "Lets local models look at a site.";
            models: NoArgs => Vec<ModelRow>, "The models of this installation.";
            queue: NoArgs => ReviewQueue, "The flags of the session.";
            case: FlagArgs => ReviewCase, "One flag with everything about its site.";
            keep_draft: DraftArgs => Kept, "Keeps a review that goes on.";
            decide: DecideArgs => Written, "Signs a verdict with its shapes.";
            raise_flag: RaiseArgs => Written, "Sends a plate, wells of it or a site to review.";
            outbox: NoArgs => OutboxDetail, "Events that wait for the broker.";
            send_outbox: NoArgs => (), "Tries the outbox again now.";
            message: MessageArgs => MessageDetail, "One message.";
            undecoded: AfterArgs => Vec<UndecodedRow>, "Messages that could not be decoded, at most 200.";
            trace: TraceArgs => Trace, "Every message that gave a feature of a well a value.";
            wells_named: WellsNamedArgs => Vec<u16>, "Wells by the well syntax.";
            what_if: WhatIfArgs => WhatIf, "Quality and hits as they are, and as they would be without some wells; nothing is written.";
            replicates: CompareArgs => Replicates, "Plates of the same run with the same compounds in the same wells, and how well they agree.";
            doses: DoseArgs => DoseCurves, "Dose-response curves of the plate's compounds, over the plate and its replicates.";
            run_order: RunOrderArgs => RunOrder, "One statistic of every plate of the run, in the order in which they came.";
            pick_list: PickListArgs => SavedFigure, "Hits as CSV into the person's folder of documents.";
            layout: PlateArgs => LayoutDetail, "A plate's layout as it is in force.";
            set_layout: SetLayoutArgs => Written, "Sets a layout for a plate or its run; plates are judged again.";
            withdraw_layout: WithdrawLayoutArgs => Written, "Takes back a layout that was set here.";
            read_layouts: ReadLayoutsArgs => LayoutsRead, "Reads a file of layouts: tables, drawn plates, workbooks, platemaps.";
            cards: NoArgs => AssayCards, "The assay cards in force.";
            set_cards: SetCardsArgs => Written, "Judges by other cards from now on.";
            card_features: PlateArgs => CardFeatures, "Features of a plate by how well they tell its controls apart.";
            rules: NoArgs => RulesDetail, "The rules in force.";
            check_rules: RulesTextArgs => RulesChecked, "Checks a rules file.";
            dry_run_rules: RulesTextArgs => RulesDryRun, "What a rules file would have said of the session; nothing is written.";
            set_rules: SetRulesArgs => Written, "Judges by other rules from now on.";
            notify: NoArgs => NotifyDetail, "How alerts reach people beyond the screen.";
            save_notify: NotifyArgs => NotifyDetail, "Keeps how alerts reach people.";
            try_notify: NoArgs => NotifyDetail, "Sends a test by everything that is turned on but the flags topic.";
            outside_links: OutsideLinkArgs => Vec<OutsideLink>, "Pages elsewhere about a plate or a well.";
            open_link: OpenLinkArgs => (), "Opens one of them in the system's browser.";
            gaps: NoArgs => GapLedger, "Wells that layouts expect and that have not been received, by cause.";
            exclude: ExcludeArgs => Written, "Excludes or restores wells, with the reason.";
            alerts: NoArgs => Vec<AlertItem>, "The newest alerts, at most 500, newest first, also those that are over.";
            acknowledge: AlertArgs => Written, "Says that somebody has seen an alert.";
            timeline: TimelineArgs => Timeline, "The session's time.";
            play: NoArgs => (), "Plays on from where the desk stands.";
            pause: NoArgs => (), "Holds; a recording goes on.";
            speed: SpeedArgs => (), "How fast to play.";
            seek: SeekArgs => (), "Goes to a moment; from the live edge this rewinds while the recording goes on.";
            live_edge: NoArgs => (), "Back to the live edge: of the recording, or of the session that is read.";
            sessions: NoArgs => Sessions, "The library.";
            session: SessionArgs => SessionDetail, "One session of the library.";
            open_session: SessionArgs => (), "Shows a session read-only; a recording goes on.";
            close_session: NoArgs => (), "Back to the recording, or to an empty desk.";
            verify_session: SessionArgs => SessionDetail, "Verifies a session; may take minutes.";
            bundle_place: SessionArgs => BundlePlace, "Where a bundle of a session would go, and what the session weighs.";
            export_bundle: ExportBundleArgs => ExportedBundle, "Bundles a session into one file; may take minutes.";
            bundles: NoArgs => BundlesFound, "Bundles in the usual places, newest first, at most 200.";
            import_bundle: ImportBundleArgs => ImportedBundle, "Makes a session of a bundle; may take minutes.";
            stop_bundle: NoArgs => (), "Breaks off the bundle that is written or opened.";
            draw_figure: DrawFigureArgs => SavedFigure, "Draws a figure of any kind into the person's folder of pictures.";
            copy_figure: DrawFigureArgs => DrawnFigure, "Draws a figure as a PNG for the clipboard.";
            save_figures: SaveFiguresArgs => SavedFigures, "Draws every figure of a plate into a folder.";
        }
    };
}
