#include "document/command.h"

#include <gtest/gtest.h>

#include <iomanip>
#include <set>
#include <sstream>

#include "document/command_context.h"
#include "document/key_bindings.h"
#include "document/reduce.h"

namespace headscope {
namespace {

/// Words that an argument must take, from its own description.
std::vector<std::string> samples(const ArgumentSpec& argument) {
  std::vector<std::string> words = argument.choices;
  switch (argument.type) {
    case ArgumentSpec::Type::Number:
    case ArgumentSpec::Type::Integer: {
      std::ostringstream lowest;
      lowest << std::setprecision(9) << static_cast<float>(argument.low);
      words.push_back(lowest.str());
      words.push_back("1");
      break;
    }
    case ArgumentSpec::Type::Text:
      words.insert(words.end(), {"the dog", "", " \"quoted\\\" \n\t\r ", "héllo 中", "-", "#"});
      break;
    case ArgumentSpec::Type::Head:
      words.push_back("2.5");
      break;
    case ArgumentSpec::Type::Heads:
      words.push_back("2.5 0.1 5.7");
      break;
    case ArgumentSpec::Type::Place:
      words.insert(words.end(), {"all", "token 5", "edge 7 2", "cell 7 2"});
      break;
    case ArgumentSpec::Type::Places:
      words.insert(words.end(), {"all", "token 5", "token 5 edge 7 2 cell 0 0"});
      break;
    case ArgumentSpec::Type::Choice:
    case ArgumentSpec::Type::Switch:
      break;
  }
  return words;
}

/// Every command with each sample of each argument (the others at their first sample).
std::vector<Command> all_commands() {
  std::vector<Command> commands;
  for (const CommandSpec& spec : command_specs()) {
    std::vector<std::string> first;
    for (const ArgumentSpec& argument : spec.arguments) first.push_back(samples(argument).front());
    const auto add = [&](const std::vector<std::string>& words) {
      Result<Command> command = spec.make(words);
      ASSERT_TRUE(command.ok()) << spec.name << ": " << command.error().message;
      commands.push_back(*command);
    };
    add(first);
    for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
      for (const std::string& word : samples(spec.arguments[i])) {
        std::vector<std::string> words = first;
        words[i] = word;
        add(words);
      }
    }
  }
  return commands;
}

TEST(Command, every_command_reads_back_from_its_own_text) {
  const std::vector<Command> commands = all_commands();
  ASSERT_GT(commands.size(), command_specs().size());
  for (const Command& command : commands) {
    const Result<Command> again = parse_command(to_string(command));
    ASSERT_TRUE(again.ok()) << to_string(command) << ": " << again.error().message;
    EXPECT_TRUE(*again == command) << to_string(command);
  }
}

TEST(Command, the_registry_is_in_the_order_of_the_variants) {
  std::set<std::string> names;
  for (const CommandSpec& spec : command_specs()) {
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name << " is there twice";
    EXPECT_FALSE(spec.help.empty());
    std::vector<std::string> words;
    for (const ArgumentSpec& argument : spec.arguments) words.push_back(samples(argument).front());
    const Result<Command> command = spec.make(words);
    ASSERT_TRUE(command.ok());
    EXPECT_EQ(&spec_of(*command), &spec) << spec.name;
    EXPECT_EQ(std::holds_alternative<Action>(*command), spec.changes_document) << spec.name;
  }
}

TEST(Command, every_default_is_inside_its_range) {
  for (const CommandSpec& spec : command_specs()) {
    std::vector<std::string> words;
    for (const ArgumentSpec& argument : spec.arguments) {
      if (argument.fallback) break;
      words.push_back(samples(argument).front());
    }
    EXPECT_TRUE(spec.make(words).ok()) << spec.name;
  }
}

TEST(Command, numbers_outside_their_range_are_refused_with_the_range) {
  for (const CommandSpec& spec : command_specs()) {
    for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
      const ArgumentSpec& argument = spec.arguments[i];
      if (argument.type != ArgumentSpec::Type::Number && argument.type != ArgumentSpec::Type::Integer)
        continue;
      for (const std::string& word :
           {std::string("99999999999"), std::string("-99999999"), std::string("nan"), std::string("inf"),
            std::string("1e"), std::string("++1"), std::string("")}) {
        std::vector<std::string> words;
        for (const ArgumentSpec& other : spec.arguments) words.push_back(samples(other).front());
        words[i] = word;
        const Result<Command> command = spec.make(words);
        ASSERT_FALSE(command.ok()) << spec.name << " took " << word;
        EXPECT_NE(command.error().message.find(argument.values()), std::string::npos)
            << command.error().message;
      }
    }
  }
}

TEST(Command, a_last_text_needs_no_quotes) {
  const Result<Command> command = parse_command("  set-text the dog's \"bone\" .");
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(std::get<SetText>(std::get<Action>(*command)).text, "the dog's \"bone\" .");
}

TEST(Command, quotes_keep_spaces_and_escapes) {
  const Result<Command> command = parse_command(R"(set-text " a\n\"b\\ ")");
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(std::get<SetText>(std::get<Action>(*command)).text, " a\n\"b\\ ");
}

TEST(Command, wrong_lines_get_a_sentence_and_a_hint) {
  for (const char* line : {"",
                           "   ",
                           "set-txt hello",
                           "set-threshold",
                           "set-threshold 2",
                           "set-threshold x",
                           "set-threshold 0.1 0.2",
                           "select-head",
                           "select-head 2",
                           "select-head 2.5.1",
                           "select-head -1.2",
                           "select-heads",
                           "select-heads 1.x",
                           "set-view circles",
                           "set-labels maybe",
                           "step one",
                           "step 1.5",
                           "undo now",
                           "set-text \"open",
                           "set-text",
                           "set-text \"a\" b",
                           "pan 1",
                           "save-png moon"}) {
    const Result<Command> command = parse_command(line);
    ASSERT_FALSE(command.ok()) << line;
    EXPECT_FALSE(command.error().message.empty()) << line;
    EXPECT_FALSE(command.error().hint.empty()) << line;
  }
  EXPECT_EQ(parse_command("set-txt hello").error().hint, "Did you mean set-text?");
}

TEST(Command, a_script_has_a_command_a_line_and_names_the_wrong_one) {
  const auto commands = parse_script("# demo\nset-text \"hi\"\n\n  step +1\r\n");
  ASSERT_TRUE(commands.ok());
  EXPECT_EQ(commands->size(), 2u);
  const auto wrong = parse_script("step +1\nstep up\n");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message.substr(0, 7), "line 2:");
}

TEST(Command, every_key_is_bound_once_to_a_command_that_parses) {
  std::set<std::string_view> chords;
  for (const KeyBinding& binding : default_key_bindings()) {
    EXPECT_TRUE(chords.insert(binding.chord).second) << binding.chord;
    EXPECT_TRUE(parse_command(binding.command).ok()) << binding.command;
    EXPECT_EQ(command_of_key(binding.chord), binding.command);
  }
  EXPECT_EQ(command_of_key("Ctrl+Alt+Shift+F12"), "");
  EXPECT_EQ(keys_of_command("undo").size(), 1u);
}

}  // namespace
}  // namespace headscope
