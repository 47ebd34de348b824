//! A disk that keeps other bytes than it was given and reports success: what is read back after writing is what counts.

use crate::backup::{assert_done, folder, written};
use crate::disk::{Disk, Fault};
use crate::dump::dump;
use crate::load::sound;
use crate::process::{contents, Start};

#[tokio::test]
async fn a_backup_that_is_not_what_was_written_is_none() {
    let (mut app, ..) = written().await;
    app.stop().await;
    let (folder, disk) = (folder(&app), Disk::new());
    let start = disk.under(Start::bare(&folder).args(["backup", "copy.db"]));
    let (before, all) = (contents(&folder), dump(&app.file()));
    let mut refused = 0;
    for number in (1..).step_by(9) {
        disk.fail(Fault::Garble, number);
        let ended = start.ends().await;
        if !disk.mend() {
            assert_done(&ended);
            assert!(
                refused > 10,
                "only {refused} of what went wrong in {number} calls was found"
            );
            break;
        }
        if ended.code == Some(0) {
            // What was written there is nothing of what is kept.
            assert_eq!(dump(&folder.join("copy.db")), all, "garbled at call {number}");
            sound(&folder.join("copy.db"));
            std::fs::remove_file(folder.join("copy.db")).unwrap();
            continue;
        }
        // The database is not to blame, nor is its disk.
        ended.refuses(&["copy.db", "not what was written", "another disk"]);
        assert!(!ended.stderr.contains("messenger.db"), "{}", ended.stderr);
        assert_eq!(contents(&folder), before, "garbled at call {number}");
        refused += 1;
    }
    assert_eq!(dump(&folder.join("copy.db")), all);
}
