#include "training/lexicon.h"

#include <cctype>
#include <set>

namespace headscope::lexicon {

const std::vector<Noun> kAnimals = {
    {"dog", "dogs"},           {"cat", "cats"},       {"horse", "horses"},   {"fox", "foxes"},
    {"bear", "bears"},         {"rabbit", "rabbits"}, {"duck", "ducks"},     {"cow", "cows"},
    {"sheep", "sheep"},        {"mouse", "mice"},     {"lion", "lions"},     {"pig", "pigs"},
    {"bird", "birds"},         {"goat", "goats"},     {"wolf", "wolves"},    {"monkey", "monkeys"},
    {"elephant", "elephants"}, {"tiger", "tigers"},   {"turtle", "turtles"}, {"frog", "frogs"},
    {"donkey", "donkeys"},     {"puppy", "puppies"},  {"kitten", "kittens"}, {"animal", "animals"},
    {"chicken", "chickens"},   {"snake", "snakes"},   {"deer", "deer"},      {"owl", "owls"}};
const std::vector<Noun> kThings = {
    {"ball", "balls"},     {"book", "books"},       {"hat", "hats"},           {"toy", "toys"},
    {"letter", "letters"}, {"drum", "drums"},       {"kite", "kites"},         {"lamp", "lamps"},
    {"doll", "dolls"},     {"ring", "rings"},       {"shirt", "shirts"},       {"coat", "coats"},
    {"shoe", "shoes"},     {"sock", "socks"},       {"pencil", "pencils"},     {"pen", "pens"},
    {"chair", "chairs"},   {"clock", "clocks"},     {"watch", "watches"},      {"phone", "phones"},
    {"key", "keys"},       {"stone", "stones"},     {"flower", "flowers"},     {"picture", "pictures"},
    {"camera", "cameras"}, {"guitar", "guitars"},   {"umbrella", "umbrellas"}, {"spoon", "spoons"},
    {"plate", "plates"},   {"knife", "knives"},     {"fork", "forks"},         {"computer", "computers"},
    {"pillow", "pillows"}, {"blanket", "blankets"}, {"scarf", "scarves"},      {"mirror", "mirrors"},
    {"candle", "candles"}, {"map", "maps"},         {"coin", "coins"},         {"stick", "sticks"},
    {"rope", "ropes"},     {"trophy", "trophies"},  {"gift", "gifts"},         {"leaf", "leaves"}};
const std::vector<Noun> kContainers = {
    {"box", "boxes"},  {"bag", "bags"},       {"basket", "baskets"},     {"drawer", "drawers"},
    {"cup", "cups"},   {"bottle", "bottles"}, {"suitcase", "suitcases"}, {"pocket", "pockets"},
    {"bowl", "bowls"}, {"case", "cases"},     {"bucket", "buckets"},     {"jar", "jars"}};
const std::vector<Noun> kVehicles = {{"car", "cars"},         {"bus", "buses"},  {"train", "trains"},
                                     {"truck", "trucks"},     {"bike", "bikes"}, {"boat", "boats"},
                                     {"tractor", "tractors"}, {"taxi", "taxis"}};
const std::vector<Noun> kFoods = {{"apple", "apples"},   {"cake", "cakes"},      {"banana", "bananas"},
                                  {"egg", "eggs"},       {"cookie", "cookies"},  {"pizza", "pizzas"},
                                  {"orange", "oranges"}, {"potato", "potatoes"}, {"sandwich", "sandwiches"},
                                  {"carrot", "carrots"}, {"pear", "pears"},      {"tomato", "tomatoes"},
                                  {"lemon", "lemons"},   {"candy", "candies"},   {"pie", "pies"}};
const std::vector<Noun> kBodyAndHome = {
    {"door", "doors"}, {"window", "windows"}, {"table", "tables"},   {"bed", "beds"},      {"tree", "trees"},
    {"wall", "walls"}, {"desk", "desks"},     {"hand", "hands"},     {"eye", "eyes"},      {"head", "heads"},
    {"foot", "feet"},  {"face", "faces"},     {"game", "games"},     {"story", "stories"}, {"song", "songs"},
    {"word", "words"}, {"name", "names"},     {"friend", "friends"}, {"day", "days"},      {"star", "stars"}};
const std::vector<Place> kPlaces = {
    {{"street", "streets"}, true},      {{"river", "rivers"}, true},      {{"road", "roads"}, true},
    {{"bridge", "bridges"}, true},      {{"field", "fields"}, true},      {{"lake", "lakes"}, true},
    {{"desert", "deserts"}, true},      {{"valley", "valleys"}, true},    {{"path", "paths"}, true},
    {{"tunnel", "tunnels"}, true},      {{"square", "squares"}, true},    {{"forest", "forests"}, true},
    {{"garden", "gardens"}, false},     {{"park", "parks"}, false},       {{"market", "markets"}, false},
    {{"school", "schools"}, false},     {{"house", "houses"}, false},     {{"shop", "shops"}, false},
    {{"store", "stores"}, false},       {{"kitchen", "kitchens"}, false}, {{"room", "rooms"}, false},
    {{"farm", "farms"}, false},         {{"castle", "castles"}, false},   {{"library", "libraries"}, false},
    {{"hospital", "hospitals"}, false}, {{"station", "stations"}, false}, {{"museum", "museums"}, false},
    {{"zoo", "zoos"}, false},           {{"beach", "beaches"}, false},    {{"cave", "caves"}, false},
    {{"barn", "barns"}, false},         {{"hotel", "hotels"}, false},     {{"church", "churches"}, false},
    {{"village", "villages"}, false},   {{"city", "cities"}, false},      {{"office", "offices"}, false}};
const std::vector<Person> kPeople = {{{"boy", "boys"}, false},
                                     {{"girl", "girls"}, true},
                                     {{"man", "men"}, false},
                                     {{"woman", "women"}, true},
                                     {{"king", "kings"}, false},
                                     {{"queen", "queens"}, true},
                                     {{"father", "fathers"}, false},
                                     {{"mother", "mothers"}, true},
                                     {{"brother", "brothers"}, false},
                                     {{"sister", "sisters"}, true},
                                     {{"uncle", "uncles"}, false},
                                     {{"aunt", "aunts"}, true},
                                     {{"prince", "princes"}, false},
                                     {{"princess", "princesses"}, true},
                                     {{"grandfather", "grandfathers"}, false},
                                     {{"grandmother", "grandmothers"}, true}};
const std::vector<Word> kSheNames = {"Mary",   "Lily",  "Anna",  "Mia",   "Sara",  "Emma", "Rosa",
                                     "Nina",   "Kate",  "Alice", "Jane",  "Lucy",  "Eva",  "Zoe",
                                     "Sophie", "Clara", "Maria", "Julia", "Laura", "Susan"};
const std::vector<Word> kHeNames = {"John",  "Tom",   "Ben",   "Max",   "Leo",    "Jack", "Tim",
                                    "Paul",  "Peter", "David", "Bob",   "James",  "Mark", "Daniel",
                                    "Henry", "Noah",  "Adam",  "Simon", "Robert", "Oscar"};
const std::vector<Word> kColors = {"red",   "blue",  "green", "yellow", "black",
                                   "white", "brown", "pink",  "purple", "gray"};
const std::vector<Word> kOfAnimals = {"tired", "hungry", "scared", "sleepy",  "sick",    "weak",
                                      "lazy",  "shy",    "angry",  "thirsty", "nervous", "afraid"};
const std::vector<Word> kOfPlaces = {"wide", "busy",  "deep",      "crowded", "dark", "noisy",
                                     "far",  "steep", "dangerous", "muddy",   "icy",  "empty"};
const std::vector<Word> kOfVehicles = {"slow", "heavy", "broken", "old"};
const std::vector<Word> kTooBig = {"big", "large", "long", "tall", "thick"};
const std::vector<Word> kTooSmall = {"small", "tiny", "narrow", "short", "full"};
const std::vector<Word> kOfThings = {"new",  "clean", "dirty", "beautiful", "cheap",   "expensive",
                                     "soft", "hard",  "round", "light",     "strange", "lost"};
const std::vector<Word> kOfPeople = {"happy", "sad",   "kind", "nice",   "young", "strong",
                                     "brave", "quiet", "good", "clever", "funny", "smart"};
const std::vector<Word> kOfFood = {"sweet", "fresh", "hot", "cold", "delicious", "sour"};
const std::vector<Word> kOfWeather = {"sunny", "rainy", "warm", "cool", "windy", "bright"};

const std::vector<Verb> kWalkVerbs = {
    {"walk", "walks", "walked", "walking"},     {"run", "runs", "ran", "running"},
    {"jump", "jumps", "jumped", "jumping"},     {"sleep", "sleeps", "slept", "sleeping"},
    {"sing", "sings", "sang", "singing"},       {"swim", "swims", "swam", "swimming"},
    {"play", "plays", "played", "playing"},     {"cry", "cries", "cried", "crying"},
    {"laugh", "laughs", "laughed", "laughing"}, {"sit", "sits", "sat", "sitting"},
    {"stand", "stands", "stood", "standing"},   {"wait", "waits", "waited", "waiting"},
    {"dance", "dances", "danced", "dancing"},   {"work", "works", "worked", "working"},
    {"live", "lives", "lived", "living"},       {"rest", "rests", "rested", "resting"},
    {"smile", "smiles", "smiled", "smiling"},   {"hide", "hides", "hid", "hiding"}};
const std::vector<Verb> kTakeVerbs = {{"lose", "loses", "lost", "losing"},
                                      {"find", "finds", "found", "finding"},
                                      {"take", "takes", "took", "taking"},
                                      {"buy", "buys", "bought", "buying"},
                                      {"break", "breaks", "broke", "breaking"},
                                      {"hold", "holds", "held", "holding"},
                                      {"carry", "carries", "carried", "carrying"},
                                      {"want", "wants", "wanted", "wanting"},
                                      {"drop", "drops", "dropped", "dropping"},
                                      {"paint", "paints", "painted", "painting"},
                                      {"clean", "cleans", "cleaned", "cleaning"},
                                      {"make", "makes", "made", "making"},
                                      {"open", "opens", "opened", "opening"},
                                      {"close", "closes", "closed", "closing"},
                                      {"use", "uses", "used", "using"}};
const std::vector<Verb> kGiveVerbs = {
    {"give", "gives", "gave", "giving"},        {"show", "shows", "showed", "showing"},
    {"send", "sends", "sent", "sending"},       {"pass", "passes", "passed", "passing"},
    {"sell", "sells", "sold", "selling"},       {"throw", "throws", "threw", "throwing"},
    {"bring", "brings", "brought", "bringing"}, {"lend", "lends", "lent", "lending"},
    {"read", "reads", "read", "reading"}};
const std::vector<Verb> kLikeVerbs = {{"like", "likes", "liked", "liking"},
                                      {"see", "sees", "saw", "seeing"},
                                      {"love", "loves", "loved", "loving"},
                                      {"know", "knows", "knew", "knowing"},
                                      {"help", "helps", "helped", "helping"},
                                      {"watch", "watches", "watched", "watching"},
                                      {"hear", "hears", "heard", "hearing"},
                                      {"follow", "follows", "followed", "following"},
                                      {"meet", "meets", "met", "meeting"},
                                      {"visit", "visits", "visited", "visiting"},
                                      {"remember", "remembers", "remembered", "remembering"},
                                      {"call", "calls", "called", "calling"},
                                      {"hate", "hates", "hated", "hating"},
                                      {"chase", "chases", "chased", "chasing"},
                                      {"hug", "hugs", "hugged", "hugging"}};
const std::vector<Verb> kFoodVerbs = {{"eat", "eats", "ate", "eating"},
                                      {"cook", "cooks", "cooked", "cooking"},
                                      {"cut", "cuts", "cut", "cutting"},
                                      {"share", "shares", "shared", "sharing"}};
const std::vector<Word> kPrepositions = {"near", "behind", "beside", "under", "in", "on", "by", "above"};
const std::vector<Word> kNumbers = {"one", "two",   "three", "four", "five",
                                    "six", "seven", "eight", "nine", "ten"};
const std::vector<Word> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                 "Friday", "Saturday", "Sunday"};
const std::vector<Word> kSeasons = {"spring", "summer", "autumn", "winter"};
const std::vector<Word> kTimes = {"today", "yesterday", "tomorrow", "tonight", "now", "again"};
const std::vector<Word> kAdverbs = {"slowly", "quickly",  "quietly", "happily", "often", "always",
                                    "never",  "together", "alone",   "outside", "home"};
const std::vector<Word> kSubjects = {"I", "you", "we", "they"};
const std::vector<Word> kFunctionWords = {
    "the",     "a",       "an",      "my",        "your",   "his",     "her",      "its",     "our",
    "their",   "this",    "that",    "these",     "those",  "some",    "every",    "no",      "not",
    "he",      "she",     "it",      "him",       "me",     "us",      "them",     "who",     "what",
    "where",   "when",    "why",     "how",       "which",  "is",      "are",      "was",     "were",
    "am",      "be",      "has",     "have",      "had",    "do",      "does",     "did",     "can",
    "could",   "will",    "would",   "must",      "should", "to",      "of",       "with",    "from",
    "at",      "for",     "into",    "over",      "about",  "after",   "before",   "and",     "or",
    "but",     "because", "so",      "if",        "then",   "than",    "too",      "very",    "also",
    "there",   "here",    "yes",     "please",    "thank",  "thanks",  "thanked",  "hello",   "goodbye",
    "good",    "morning", "evening", "night",     "time",   "color",   "said",     "asked",   "answered",
    "cross",   "enter",   "crossed", "stayed",    "away",   "stopped", "fit",      "went",    "go",
    "goes",    "going",   "come",    "came",      "comes",  "once",    "upon",     "later",   "more",
    "many",    "much",    "all",     "both",      "only",   "still",   "other",    "another", "first",
    "last",    "next",    "little",  "great",     "water",  "milk",    "bread",    "rice",    "soup",
    "tea",     "coffee",  "juice",   "sun",       "moon",   "rain",    "snow",     "sky",     "wind",
    "fire",    "sea",     "music",   "money",     "people", "child",   "children", "baby",    "teacher",
    "doctor",  "farmer",  "mom",     "dad",       "up",     "down",    "out",      "off",     "back",
    "really",  "just",    "like",    "drink",     "drinks", "drank",   "look",     "looks",   "looked",
    "feel",    "feels",   "felt",    "think",     "thinks", "thought", "tell",     "tells",   "told",
    "say",     "says",    "ask",     "talk",      "talked", "start",   "started",  "try",     "tried",
    "need",    "needs",   "needed",  "put",       "get",    "got",     "let",      "raining", "snowing",
    "English", "lunch",   "dinner",  "breakfast", "list",   "same",    "between",  "around",  "as",
    "don't",   "doesn't", "didn't",  "can't",     "wasn't", "isn't",   "it's",     "I'm",     "let's",
    "white"};
const std::vector<Word> kSigns = {".", ",", "?", "!", ":", ";",   "\"", "'",
                                  "(", ")", "[", "]", "-", "...", "{",  "}"};
const std::vector<Word> kMayStart = {
    "the",    "a",         "an",       "my",      "your",  "his",   "her",    "its",     "our",   "their",
    "this",   "that",      "these",    "those",   "some",  "every", "no",     "he",      "she",   "it",
    "you",    "we",        "they",     "who",     "what",  "where", "when",   "why",     "how",   "which",
    "is",     "are",       "was",      "do",      "does",  "did",   "can",    "one",     "two",   "three",
    "four",   "five",      "six",      "then",    "there", "here",  "yes",    "please",  "thank", "thanks",
    "hello",  "goodbye",   "good",     "so",      "but",   "and",   "if",     "because", "once",  "later",
    "today",  "yesterday", "tomorrow", "tonight", "now",   "after", "before", "in",      "on",    "near",
    "behind", "under",     "beside",   "at",      "every", "let",   "let's",  "it's",    "all",   "many",
    "people", "children",  "mom",      "dad",     "look",  "not",   "first",  "last",    "next",  "again",
    "both",   "will",      "could",    "with"};

Word article(std::string_view next_word) {
  return next_word.find_first_of("aeiouAEIOU") == 0 ? "an" : "a";
}

std::vector<std::string> vocabulary_words() {
  std::set<std::string> words;
  const auto nouns = [&](const std::vector<Noun>& list) {
    for (const Noun& noun : list) words.insert(noun.one), words.insert(noun.many);
  };
  for (const auto* list : {&kAnimals, &kThings, &kContainers, &kVehicles, &kFoods, &kBodyAndHome})
    nouns(*list);
  for (const Place& place : kPlaces) nouns({place.noun});
  for (const Person& person : kPeople) nouns({person.noun});
  for (const auto* list : {&kWalkVerbs, &kTakeVerbs, &kGiveVerbs, &kLikeVerbs, &kFoodVerbs}) {
    for (const Verb& verb : *list) words.insert({verb.base, verb.third, verb.past, verb.ing});
  }
  for (const auto* list :
       {&kSheNames, &kHeNames,  &kColors,   &kOfAnimals, &kOfPlaces,  &kOfVehicles,   &kTooBig,
        &kTooSmall, &kOfThings, &kOfPeople, &kOfFood,    &kOfWeather, &kPrepositions, &kNumbers,
        &kDays,     &kSeasons,  &kTimes,    &kAdverbs,   &kSubjects,  &kFunctionWords}) {
    words.insert(list->begin(), list->end());
  }
  for (std::string word : kMayStart) {
    word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    words.insert(word);
  }
  std::vector<std::string> result(kSigns.begin(), kSigns.end());
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

}  // namespace headscope::lexicon
