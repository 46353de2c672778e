"""Every driver of the cost there is: its name, whose it is, unit, meaning, limits, and what makes it known."""

from __future__ import annotations

from rung.economics.tco.kind import Kind

_ALL = (
    # Traffic
    Kind("requests_per_month", "shared", "requests/month", "requests of the first month, all flows together",
         "rung ingest FILE, or flows[].requests_per_month", least=1.0),
    Kind("share_of_requests", "flow", "share", "part of all requests that comes by this flow",
         "flows[].requests_per_month", most=1.0),
    Kind("volume_growth_per_month", "shared", "share/month", "change of the volume from one month to the next",
         least=-0.95, most=10.0),
    Kind("peak_factor", "shared", "x mean arrivals", "arrivals of the busiest hour over the mean of the month",
         "rung ingest FILE, a log with times", least=1.0),
    # What the answers are worth
    Kind("task_success", "strategy", "share", "requests whose outcome is right", "rung run STRATEGY", most=1.0),
    Kind("task_success_by_flow", "flow of strategy", "share", "requests of this flow whose outcome is right",
         "rung run STRATEGY", most=1.0),
    Kind("value_usd", "flow", "USD/outcome", "what one accepted outcome is worth", "flows[].value_usd"),
    # People
    Kind("engineer_week_usd", "shared", "USD/week", "a week of a loaded engineer"),
    Kind("wage_usd_per_hour", "shared", "USD/hour", "an hour of those who label, review and correct",
         "prices.wage_usd_per_hour"),
    Kind("integration_weeks", "strategy", "weeks", "engineer weeks to put it into production"),
    Kind("owner_share", "family", "share", "part of an engineer's year that the answer for the system takes"),
    Kind("evaluation_weeks_per_year", "family", "weeks/year", "engineer weeks to keep and read the evaluations"),
    Kind("safety_weeks_per_year", "family", "weeks/year", "engineer weeks of safety evaluation and red team"),
    Kind("observability_weeks_per_year", "family", "weeks/year", "engineer weeks for traces, dashboards and alarms"),
    Kind("governance_weeks_per_year", "family", "weeks/year", "engineer weeks of documents, reviews and audits"),
    Kind("strict_audit_factor", "shared", "x governance weeks", "how much more governance a strict audit asks for",
         least=1.0),
    Kind("data_pipeline_weeks_per_year", "family", "weeks/year", "engineer weeks for the pipeline of training data"),
    Kind("serving_weeks_per_year", "family", "weeks/year", "engineer weeks to run the serving of one's own model"),
    Kind("incidents_per_year", "family", "incidents/year", "incidents that somebody has to handle"),
    Kind("incident_hours", "shared", "hours/incident", "engineer hours that one incident takes, review included"),
    # Labels and learning
    Kind("annotation_usd", "shared", "USD", "the budget for labels of twelve months, adjudication included",
         "lifecycle.annotation_usd"),
    Kind("labels_to_collect", "shared", "labels", "labels to be made", "rung forecast labels"),
    Kind("label_minutes", "shared", "minutes/label", "one annotator's time for one label"),
    Kind("second_label_share", "shared", "share", "labels that a second annotator makes too", most=1.0),
    Kind("adjudicated_share", "shared", "share", "labels on which two differ and a third person decides", most=1.0),
    Kind("fit_hours", "strategy", "hours", "machine hours of one fit", "rung run STRATEGY"),
    Kind("training_runs", "shared", "fits/release", "fits for each one that is kept: failed, repeated, tuning"),
    Kind("retrain_every_days", "shared", "days", "days from one retraining to the next",
         "lifecycle.retrain_every_days", least=1.0),
    Kind("retrain_hours", "family", "hours/retraining", "engineer hours of one retraining"),
    # Machines
    Kind("machine_usd_per_hour", "shared", "USD/hour", "an hour of a machine that is always on",
         "prices.machine_usd_per_hour"),
    Kind("seconds_per_request", "strategy", "s/request", "machine time of one request, one at a time",
         "rung run STRATEGY"),
    Kind("utilisation_cap", "shared", "share", "part of a machine's time that requests may take at peak",
         least=0.05, most=1.0),
    Kind("replicas_at_least", "shared", "machines", "machines that are on however little comes", least=1.0),
    # Calls paid one by one
    Kind("usd_per_call", "strategy", "USD/request", "model calls of one request", "rung run STRATEGY"),
    Kind("input_tokens_per_request", "strategy", "tokens/request", "tokens sent", "rung run STRATEGY"),
    Kind("output_tokens_per_request", "strategy", "tokens/request", "tokens written", "rung run STRATEGY"),
    Kind("usd_per_million_input_tokens", "shared", "USD/million tokens", "price of a million tokens sent",
         "models.generator.usd_per_million_input_tokens"),
    Kind("usd_per_million_output_tokens", "shared", "USD/million tokens", "price of a million tokens written",
         "models.generator.usd_per_million_output_tokens"),
    Kind("cached_share", "shared", "share", "tokens sent that the server has in its cache", most=1.0),
    Kind("cached_price_share", "shared", "share", "price of a cached token over that of a fresh one", most=1.0),
    Kind("batch_share", "shared", "share", "requests that can wait for a batch", most=1.0),
    Kind("batch_price_share", "shared", "share", "price in a batch over the price at once", most=1.0),
    Kind("retry_share", "shared", "share", "paid calls that have to be made again", most=10.0),
    Kind("token_price_change_per_month", "shared", "share/month", "change of the token price from month to month",
         least=-0.95, most=1.0),
    # Retrieval
    Kind("index_upkeep_hours", "shared", "hours/month", "engineer hours to refresh the corpus and look at misses"),
    Kind("index_entries", "shared", "entries", "passages in the index", "data.corpus"),
    Kind("shot_entries", "shared", "entries", "solved examples in the index", "data.examples"),
    Kind("entry_kb", "shared", "kB/entry", "stored size of one entry: text, vector and index"),
    Kind("embeddings_per_month", "shared", "times/month", "how often the whole index is embedded anew"),
    Kind("embedding_seconds", "shared", "s/entry", "machine time to embed one entry"),
    Kind("storage_usd_per_gb_month", "shared", "USD/GB-month", "a gigabyte stored for a month"),
    # Looking at it
    Kind("eval_items", "shared", "items", "items of one evaluation", "data.examples"),
    Kind("evaluations_per_month", "shared", "times/month", "evaluations on the whole eval set"),
    Kind("judge_usd_per_call", "shared", "USD/answer", "one answer judged by the judge model",
         "drivers.judge_usd_per_call"),
    Kind("log_kb_per_request", "shared", "kB/request", "what is logged of one request"),
    Kind("log_usd_per_gb", "shared", "USD/GB", "a gigabyte of logs taken in"),
    # People behind the model
    Kind("correction_minutes", "flow", "minutes/correction", "time of one correction", "flows[].correction_minutes"),
    Kind("corrected_share_of_failures", "flow", "share", "failures that somebody corrects",
         "flows[].corrected_share_of_failures", most=1.0),
    Kind("edited_share_of_successes", "flow", "share", "right answers that somebody edits all the same",
         "flows[].edited_share_of_successes", most=1.0),
    Kind("review_share", "shared", "share", "answers that a person reads before they go out", most=1.0),
    Kind("review_minutes", "shared", "minutes/review", "time to read one answer"),
    # Leaving
    Kind("migrations_per_year", "shared", "migrations/year", "models that their provider retires under the system"),
    Kind("migration_weeks", "shared", "weeks/migration", "engineer weeks to move to the next model and prove it"),
    Kind("transfer_kb_per_request", "shared", "kB/request", "what one request sends out to the provider"),
    Kind("egress_usd_per_gb", "shared", "USD/GB", "a gigabyte that leaves"),
)  # fmt: skip

CATALOGUE: dict[str, Kind] = {one.name: one for one in _ALL}
