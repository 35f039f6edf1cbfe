//! When to stop.

/// Done when the process is told to stop: Ctrl-C, or SIGTERM where there is one.
pub async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    () = interrupted() => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM can't be waited for");
                interrupted().await;
            }
        }
    }
    #[cfg(not(unix))]
    interrupted().await;
}

async fn interrupted() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        // Nobody can ask for a stop this way, so nobody has.
        tracing::warn!(%error, "Ctrl-C can't be waited for");
        std::future::pending::<()>().await;
    }
}
