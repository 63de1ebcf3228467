#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>

#include "cli/console.h"
#include "cli/subcommand.h"
#include "cli/table.h"
#include "io/json.h"
#include "trace/metrics.h"

namespace headscope {

namespace {

struct HeadsOptions {
  InputOptions input;
  std::string sort;
  bool as_csv = false, as_json = false;
};

struct HeadRow {
  AttentionPart part = AttentionPart::Self;
  int layer = 0, head = 0;
  HeadMetrics metrics;
  std::string role;
};

struct Metric {
  const char* name;
  std::function<std::optional<float>(const HeadMetrics&)> get;
};
const std::vector<Metric>& metrics() {
  static const std::vector<Metric> kMetrics = {
      {"entropy_bits", [](const HeadMetrics& m) { return m.entropy_bits; }},
      {"mean_distance", [](const HeadMetrics& m) { return m.mean_distance; }},
      {"first_token", [](const HeadMetrics& m) { return m.first_token; }},
      {"previous_token", [](const HeadMetrics& m) { return m.previous_token; }},
      {"own_token", [](const HeadMetrics& m) { return m.own_token; }},
      {"peak", [](const HeadMetrics& m) { return m.peak; }},
      {"induction", [](const HeadMetrics& m) { return m.induction; }},
      {"duplicate_token", [](const HeadMetrics& m) { return m.duplicate_token; }},
  };
  return kMetrics;
}

/// The heads that look at their own sequence. Positions of cross-attention count in two sequences: there is
/// no distance, no previous and no own token.
std::vector<HeadRow> rows_of(const AttentionTrace& trace) {
  std::vector<HeadRow> all;
  for (const TracePtr& part : trace.parts) {
    if (part->part == AttentionPart::Cross) continue;
    const std::vector<HeadRow> rows = rows_of(*part);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  if (!all.empty()) return all;
  std::vector<int> ids;
  for (const TraceToken& token : trace.tokens) ids.push_back(token.id);
  std::vector<HeadRow> rows;
  for (int layer = 0; layer < trace.shape.n_layers; ++layer) {
    const AttentionLayer& heads = *trace.layers[static_cast<std::size_t>(layer)];
    for (int head = 0; head < heads.n_heads(); ++head) {
      HeadRow row{trace.part, layer, head, head_metrics(heads.weights(head), ids), ""};
      row.role = head_role(row.metrics, trace.n_tokens());
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

/// Largest first; heads without the metric come last.
void sort_rows(std::vector<HeadRow>& rows, const std::string& name) {
  for (const Metric& metric : metrics()) {
    if (metric.name != name) continue;
    std::stable_sort(rows.begin(), rows.end(), [&](const HeadRow& a, const HeadRow& b) {
      constexpr float kLast = -std::numeric_limits<float>::infinity();
      return metric.get(a.metrics).value_or(kLast) > metric.get(b.metrics).value_or(kLast);
    });
  }
}

std::string json_of(const std::vector<HeadRow>& rows) {
  Json list = Json::array();
  for (const HeadRow& row : rows) {
    Json entry = {{"layer", row.layer}, {"head", row.head}, {"role", row.role}};
    if (row.part != AttentionPart::Self) entry["part"] = part_name(row.part);
    for (const Metric& metric : metrics()) {
      const std::optional<float> value = metric.get(row.metrics);
      entry[metric.name] = value ? Json(*value) : Json();
    }
    list.push_back(std::move(entry));
  }
  return json_text(list) + "\n";
}

Table table_of(const std::vector<HeadRow>& rows, bool for_people) {
  const bool parts = !rows.empty() && rows.front().part != AttentionPart::Self;
  std::vector<Table::Column> columns = {{"layer", Table::Align::Right}, {"head", Table::Align::Right}};
  if (parts) columns.insert(columns.begin(), {"part"});
  for (const Metric& metric : metrics()) columns.push_back({metric.name, Table::Align::Right});
  columns.push_back({"role"});
  Table table(columns);
  for (const HeadRow& row : rows) {
    std::vector<std::string> cells = {std::to_string(row.layer), std::to_string(row.head)};
    if (parts) cells.insert(cells.begin(), part_name(row.part));
    for (const Metric& metric : metrics()) {
      const std::optional<float> value = metric.get(row.metrics);
      cells.push_back(value ? fixed(*value, for_people ? 3 : 7) : for_people ? "-" : "");
    }
    cells.push_back(row.role);
    table.add(std::move(cells));
  }
  return table;
}

int run_heads(const HeadsOptions& options) {
  if (Status status = options.input.check(); !status) return report(status.error(), true);
  TraceOptions wanted;
  wanted.n_next_tokens = 0;
  wanted.stop = stop_on_interrupt();
  const Result<ModelPtr> model = open_model(options.input.model);
  if (!model) return report(model.error());
  const Result<TracePtr> trace = options.input.trace(**model, wanted);
  if (!trace) return report(trace.error());
  std::vector<HeadRow> rows = rows_of(**trace);
  sort_rows(rows, options.sort);
  const Status status = print(options.as_json  ? json_of(rows)
                              : options.as_csv ? table_of(rows, false).csv()
                                               : table_of(rows, true).text());
  return status ? kDone : report(status.error());
}

}  // namespace

void add_heads(CLI::App& app, CliAction& action) {
  CLI::App* command = app.add_subcommand("heads", "Metrics of every head on one input");
  const auto options = std::make_shared<HeadsOptions>();
  options->input.add_model(*command);
  options->input.add_text(*command);
  options->input.add_ids(*command);
  options->input.add_media(*command);
  options->input.add_second_text(*command);
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) names.push_back(metric.name);
  command->add_option("--sort", options->sort, "By this metric, the largest first")
      ->check(CLI::IsMember(names));
  CLI::Option* csv = command->add_flag("--csv", options->as_csv, "Write comma-separated values");
  command->add_flag("--json", options->as_json, "Write JSON")->excludes(csv);
  set_examples(*command,
               "  headscope heads --text \"Mary and John went home . Mary slept\" --sort induction\n"
               "  headscope heads --model stories260K --file story.txt --csv > heads.csv");
  command->callback([options, &action] { action = [options] { return run_heads(*options); }; });
}

}  // namespace headscope
