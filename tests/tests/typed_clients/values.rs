//! Values: what is absent, unknown, one of several, or written as text.

use tieline::typed::{Field, Timestamp};
use tieline_connectors::notion::types::{self, FileUploadStatus, PropertyValueKind};

fn title(page: &types::Page) -> String {
    for value in page.properties.iter().flatten().map(|(_, value)| value) {
        if let PropertyValueKind::Title { title } = &value.kind {
            return title.iter().map(|run| run.plain_text.as_str()).collect();
        }
    }
    String::new()
}

fn say_icon(page: &types::Page) -> &'static str {
    match &page.icon {
        Field::Absent => "not in this answer",
        Field::Null => "none",
        Field::Value(_) => "there is one",
    }
}

fn is_done(upload: &types::FileUpload) -> bool {
    match &upload.status {
        FileUploadStatus::Uploaded => true,
        FileUploadStatus::Pending | FileUploadStatus::Expired | FileUploadStatus::Failed => false,
        FileUploadStatus::Unknown(text) => text.starts_with("uploaded"),
    }
}

fn review(page: &types::Page) -> Option<String> {
    page.extra.get("review_state")?.ok()
}

fn is_newer(page: &types::Page, than: &Timestamp) -> bool {
    page.last_edited_time.as_ref().is_some_and(|edited| **edited > **than)
}

#[test]
fn values_are_true_to_the_json() {
    let text = r#"{"object":"page","id":"195de9221179449fab8075a27c979105","icon":null,"review_state":"open",
        "last_edited_time":"2026-03-11T09:30:00.000Z","properties":{"Name":{"id":"title","type":"title","title":[]}}}"#;
    let page: types::Page = serde_json::from_str(text).unwrap();
    assert_eq!((title(&page).as_str(), say_icon(&page), review(&page).as_deref()), ("", "none", Some("open")));
    assert!(is_newer(&page, &"2026-03-11T09:29:00Z".parse().unwrap()));
    let written: serde_json::Value = serde_json::to_value(&page).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(text).unwrap());
    let upload = |status: &str| {
        format!(r#"{{"object":"file_upload","id":"195de9221179449fab8075a27c979105","status":"{status}"}}"#)
    };
    assert!(is_done(&serde_json::from_str(&upload("uploaded_twice")).unwrap()));
    assert!(!is_done(&serde_json::from_str(&upload("failed")).unwrap()));
}
