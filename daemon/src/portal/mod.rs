//! The page. It draws what the core lets a viewer see; it decides nothing.

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::shell::Handle;

/// Serves the page until the task is dropped.
pub async fn serve(listener: TcpListener, handle: Handle) -> std::io::Result<()> {
    let health = get(move || {
        let known = handle.published.borrow().plan().devices.len();
        async move { format!("running, {known} devices\n") }
    });
    axum::serve(listener, Router::new().route("/health", health)).await
}
