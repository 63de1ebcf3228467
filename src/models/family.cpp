#include "models/family.h"

#include "io/quote.h"
#include "models/config_fields.h"
#include "models/families/bart.h"
#include "models/families/bert.h"
#include "models/families/gpt2.h"
#include "models/families/neox.h"
#include "models/families/readers.h"
#include "models/families/t5.h"
#include "models/families/vit.h"
#include "models/families/whisper.h"

namespace headscope {

std::span<const Family> families() {
  static const Family all[] = {
      {{"GPT2LMHeadModel"}, read_gpt2_config},
      {{"LlamaForCausalLM"}, read_llama_config},
      {{"MistralForCausalLM"}, read_mistral_config},
      {{"Qwen2ForCausalLM"}, read_qwen2_config},
      {{"Qwen3ForCausalLM"}, read_qwen3_config},
      {{"GemmaForCausalLM"}, read_gemma_config},
      {{"Gemma2ForCausalLM"}, read_gemma2_config},
      {{"Gemma3ForCausalLM"}, read_gemma3_config},
      {{"Phi3ForCausalLM"}, read_phi3_config},
      {{"Olmo2ForCausalLM"}, read_olmo2_config},
      {{"StableLmForCausalLM"}, read_stablelm_config},
      {{"Starcoder2ForCausalLM"}, read_starcoder2_config},
      {{"PhiForCausalLM"}, read_phi_config},
      {{"GPTJForCausalLM"}, read_gptj_config},
      {{"GPTNeoForCausalLM"}, read_gpt_neo_config},
      {{"OPTForCausalLM"}, read_opt_config},
      {{"BloomForCausalLM"}, read_bloom_config},
      {{"FalconForCausalLM"}, read_falcon_config},
      {{"GPTNeoXForCausalLM"}, read_neox_config},
      {{"BertForMaskedLM", "BertForPreTraining", "BertModel", "BertForNextSentencePrediction",
        "BertForSequenceClassification", "BertForTokenClassification", "BertForQuestionAnswering"},
       read_bert_config},
      {{"RobertaForMaskedLM", "RobertaModel", "RobertaForSequenceClassification",
        "RobertaForTokenClassification", "RobertaForQuestionAnswering", "XLMRobertaForMaskedLM",
        "XLMRobertaModel", "XLMRobertaForSequenceClassification", "XLMRobertaForTokenClassification",
        "XLMRobertaForQuestionAnswering", "CamembertForMaskedLM", "CamembertModel",
        "CamembertForSequenceClassification", "CamembertForTokenClassification",
        "CamembertForQuestionAnswering"},
       read_roberta_config},
      {{"DistilBertForMaskedLM", "DistilBertModel", "DistilBertForSequenceClassification",
        "DistilBertForTokenClassification", "DistilBertForQuestionAnswering"},
       read_distilbert_config},
      {{"ElectraForMaskedLM", "ElectraForPreTraining", "ElectraModel", "ElectraForSequenceClassification",
        "ElectraForTokenClassification", "ElectraForQuestionAnswering"},
       read_electra_config},
      {{"T5ForConditionalGeneration", "T5Model", "T5EncoderModel", "MT5ForConditionalGeneration", "MT5Model",
        "MT5EncoderModel"},
       read_t5_config},
      {{"BartForConditionalGeneration", "BartModel"}, read_bart_config},
      {{"MBartForConditionalGeneration", "MBartModel"}, read_mbart_config},
      {{"MarianMTModel", "MarianModel"}, read_marian_config},
      {{"PegasusForConditionalGeneration", "PegasusModel"}, read_pegasus_config},
      {{"ViTForImageClassification", "ViTModel"}, read_vit_config},
      {{"DeiTForImageClassification", "DeiTForImageClassificationWithTeacher", "DeiTModel"},
       read_deit_config},
      {{"WhisperForConditionalGeneration", "WhisperModel"}, read_whisper_config},
  };
  return all;
}

Result<FamilyModel> read_family(const Json& config) {
  const std::string hint = "Open a folder that holds the config.json of a transformers checkpoint";
  if (!config.is_object()) {
    return Error{ErrorCode::Corrupt, "config.json must be an object", hint};
  }
  const Json names = config.value("architectures", Json());
  if (!names.is_array() || names.empty() || !names[0].is_string()) {
    return Error{ErrorCode::Corrupt, "config.json: 'architectures' must be a list with the name of the model",
                 hint};
  }
  if (Status plain = check_plain_weights(config); !plain) return plain.error();
  const std::string name = names[0];
  std::string known;
  for (const Family& family : families()) {
    for (const std::string_view architecture : family.architectures) {
      if (architecture == name) return family.read_config(config);
      known += (known.empty() ? "" : ", ") + std::string(architecture);
    }
  }
  return Error{ErrorCode::Unsupported, "the architecture " + quote(name) + " is not supported",
               "Supported: " + known};
}

}  // namespace headscope
