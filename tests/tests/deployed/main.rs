//! The system as it is deployed: `template.yaml` and the release binaries, in an emulator of AWS, met as clients meet it.
//!
//! All tests share one deployment, and each uses workspaces of its own. Those that change or remove the deployment come
//! last. When one fails, `target/deployed.log` has the logs of the emulator and the functions. The names begin with
//! `deployed::`, by which `make test-fast` skips them; the first test that runs makes the deployment.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod bucket;
mod conversations;
mod exports;
mod failures;
mod functions;
mod history;
mod imports;
mod lifecycle;
mod logs;
mod page;
mod permissions;
mod rollback;
mod tenancy;

use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

use libtest_mimic::{Arguments, Trial, run};
use tokio::runtime::Runtime;

use contacts_tests::{api, deployment, issuer, tools, wait};

use crate::deployment::Deployment;

/// A test: its name, and what it does.
type Test = (&'static str, fn(&Deployment) -> Running<'_>);
type SharedDeployment = LazyLock<Deployment, Box<dyn FnOnce() -> Deployment + Send>>;
type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! tests {
    ($($module:ident::$name:ident,)+) => {
        [$({
            fn test(deployment: &Deployment) -> Running<'_> {
                Box::pin($module::$name(deployment))
            }
            (concat!("deployed::", stringify!($module), "::", stringify!($name)), test)
        }),+]
    };
}

fn main() -> ExitCode {
    let side_by_side: &[Test] = &tests![
        access::only_good_tokens_open_the_api,
        access::the_description_is_for_everybody,
        tenancy::a_workspace_sees_nothing_of_another,
        tenancy::an_equal_person_of_another_workspace_is_somebody_else,
        conversations::an_event_is_folded_while_its_sender_waits,
        conversations::an_event_is_folded_later,
        conversations::events_come_by_the_queue,
        conversations::an_assistant_uses_the_tools,
        conversations::a_deleted_contact_is_gone_with_its_conversations,
        history::every_change_is_kept_and_published_and_a_deletion_is_taken_back,
        history::what_belonged_to_a_deleted_contact_goes_with_its_tombstone,
        imports::a_file_is_imported_by_its_link,
        imports::a_link_takes_the_announced_file_only,
        imports::a_copied_file_is_imported_whatever_its_name_is,
        imports::a_large_file_is_imported_in_chunks,
        imports::an_import_is_taken_back,
        imports::chunks_wait_in_their_queue,
        exports::an_export_is_downloaded_by_its_link,
        exports::what_was_exported_is_imported_without_news,
        failures::a_poisoned_event_lands_in_the_queue_and_can_be_sent_again,
        failures::an_object_that_means_nothing_stops_no_import,
        failures::an_order_that_cannot_be_carried_out_lands_in_the_queue,
        permissions::an_identifier_may_be_given_up,
        permissions::a_chain_of_joins_may_be_shortened,
        bucket::it_gives_nothing_to_those_without_a_signature,
        bucket::it_talks_over_encrypted_connections_only,
        bucket::the_page_and_the_configured_origin_may_upload_files,
        page::it_is_open_to_everyone_and_compressed,
        page::a_person_signs_in_and_works_with_it,
        functions::each_says_which_variable_it_lacks,
        functions::none_needs_what_amazon_linux_has_not,
    ];
    let at_the_end: &[Test] = &tests![
        rollback::what_this_build_has_written_outlives_a_rollback,
        lifecycle::the_book_is_sound,
        logs::nothing_personal_is_logged,
        lifecycle::an_update_changes_what_it_says_and_loses_nothing,
        lifecycle::a_restored_table_takes_the_place_of_the_other,
        lifecycle::the_data_outlive_their_stacks_and_are_adopted,
        lifecycle::a_table_leaves_the_stack_of_a_former_build,
    ];

    let mut arguments = Arguments::from_args();
    let runtime = Runtime::new().unwrap();
    let deployment = Arc::new(SharedDeployment::new({
        let runtime = runtime.handle().clone();
        Box::new(move || runtime.block_on(Deployment::make(None)))
    }));
    let trials = |tests: &[Test]| {
        let trial = |(name, test): &Test| {
            let (runtime, deployment, test) = (runtime.handle().clone(), Arc::clone(&deployment), *test);
            let trial = Trial::test(*name, move || {
                runtime.block_on(test(LazyLock::force(&deployment)));
                Ok(())
            });
            trial.with_ignored_flag(name.contains("::rollback::") && rollback::older_build().is_none())
        };
        tests.iter().map(trial).collect()
    };
    let first = run(&arguments, trials(side_by_side));
    arguments.test_threads = Some(1);
    let last = run(&arguments, trials(at_the_end));
    if !first.has_failed() && !last.has_failed() {
        return ExitCode::SUCCESS;
    }
    // `None` if it could not be made.
    if let Some(deployment) = LazyLock::get(&deployment) {
        deployment.keep_log();
    }
    ExitCode::FAILURE
}
