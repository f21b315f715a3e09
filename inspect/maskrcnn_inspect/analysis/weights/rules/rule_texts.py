"""The rules in words: what each is called, why its finding matters, what to do, where it comes from.

The order is that of the overview's columns: from what breaks a model at once to what is worth a look.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleText:
    """One rule in words."""

    title: str  # short enough for a column
    scope: str  # weights | spectrum | series | gradient | trace | file
    why: str
    advice: str
    source: str


# name | title | scope | why | advice | source
_TABLE = """
load_audit | load audit | file
  | A variable that is not loaded keeps its random initial value, and the model detects nonsense without an error.
  | Check that the file belongs to this architecture and number of classes; retrain the heads if only they differ.
  | the most repeated complaint of users of the classic implementation
non_finite | non-finite | weights
  | One NaN or infinity spreads through every following layer: losses become NaN and nothing is detected.
  | Go back to the last finite checkpoint; lower the learning rate or clip gradients; look for a broken truth box.
  | SageMaker Debugger, ExplodingTensor
all_zero | zero or constant | weights
  | The layer gives the same output whatever the picture, and equal units get equal gradients: it cannot recover.
  | Check that the layer was loaded and has a random initialiser; load or initialise it again.
  | SageMaker Debugger, AllZero
exploding | exploding | weights
  | A few weights drown all others of the layer; activations overflow and gradients blow up behind it.
  | Compare with an earlier checkpoint; lower the learning rate, clip gradients, check the file for corruption.
  | the classic notebook's alert (1000), made relative to the layer
half_precision | half precision | weights
  | In float16 larger values become infinity and smaller ones lose digits or vanish.
  | Keep this layer in float32 or bfloat16 when the model is converted, or rescale it.
  | IEEE 754, binary16
dead_filters | dead filters | weights
  | A filter near zero contributes nothing; with many of them the layer has lost most of its capacity.
  | A few are usual in pruned or long-trained networks; many point to a failed load, high weight decay or dead ReLUs.
  | analogous to network slimming (Liu et al. 2017)
symmetric_filters | symmetric | weights
  | All filters compute the same feature and get the same gradient, so training can never tell them apart.
  | Initialise the layer randomly; a constant initialiser or a broadcast on loading is the usual cause.
  | TFCheck
duplicate_filters | duplicates | weights
  | Filters with the same direction compute the same feature: capacity is wasted, or channels were copied by mistake.
  | Check how the layer was widened or converted; otherwise train with more noise or prune the copies.
  | this project's proposal
initial_spread | spread | weights
  | Weights far from the scale that keeps signals alive make activations vanish or explode with depth.
  | Check the initialiser, the unit of the file, and weight decay; harmless where a batch norm follows.
  | SageMaker Debugger, PoorWeightInitialization (He et al. 2015; Glorot & Bengio 2010)
outliers | outliers | weights
  | A few extreme weights cost precision in quantisation and make the layer sensitive to single inputs.
  | Nothing for float32; clip or use per-channel scales before quantising.
  | quantisation practice
class_bias | class bias | weights
  | One class's logit is far from the others', so it is predicted too often or never.
  | Count this class's examples in the training data; rebalance, or reset its bias and train the heads.
  | SageMaker Debugger, ClassImbalance
gamma_collapsed | gamma | weights
  | Batch norm multiplies the channel by almost zero: what the convolution found there is thrown away.
  | A few are usual after weight decay on gamma; many point to a failed load or too strong regularisation.
  | network slimming (Liu et al. 2017)
norm_variance | BN variance | weights
  | A tiny stored variance amplifies noise, a huge one silences the channel; both differ from what training saw.
  | Recompute the statistics on real pictures; check the input's scale (grey levels, mean subtracted).
  | batch norm's epsilon
norm_untouched | BN untouched | weights
  | Mean 0 and variance 1 everywhere are initial values: statistics were never gathered, or a load by name missed them.
  | Load the layer again. Norms that run on stored statistics and are never updated (the heads') stay so by design.
  | usual after a by-name load that missed
stable_rank | stable rank | spectrum
  | One direction carries almost all of the layer: it passes on little more than one feature.
  | Compare with an earlier checkpoint; a collapse that appears in training calls for a lower learning rate.
  | weightwatcher's definition of stable rank
effective_rank | effective rank | spectrum
  | The layer uses a small part of its dimensions.
  | Compare with an earlier checkpoint; reduce weight decay, or shrink the layer.
  | Roy & Vetterli 2007
power_law | power law | spectrum
  | The tail of the spectrum is unlike that of well-trained layers: below 2 over-trained, above 6 close to random.
  | A hint, not a fault: compare layers with one another and over time.
  | HT-SR, weightwatcher (Martin & Mahoney 2021)
never_trained | never trained | series
  | The layer did not move although it should be trained: the optimiser does not see it, or its gradient is zero.
  | Check which layers are trainable; look for a stopped gradient or dead ReLUs behind it.
  | SageMaker Debugger, UnchangedTensor
update_ratio | update ratio | series
  | Steps should be about a thousandth of the weights: far larger ones destroy, far smaller ones do not train.
  | Change the learning rate of this layer; warm up after loading; check the loss weights.
  | SageMaker Debugger, WeightUpdateRatio; TFCheck
spectral_growth | spectral growth | series
  | The layer amplifies more and more: activations follow, and losses soon do.
  | Lower the learning rate, clip gradients, or add weight decay.
  | singular values as a sign of divergence
vanishing_gradient | gradient | gradient
  | No learning signal arrives at this layer.
  | Look for dead ReLUs, saturated sigmoids or a wrong loss weight behind it.
  | SageMaker Debugger, VanishingGradient
dead_relu | dead ReLU | trace
  | Units that are never active pass nothing forward and get no gradient.
  | Look at several pictures; if it stays, lower the learning rate and check the batch norm before it.
  | SageMaker Debugger, DeadRelu
saturated_sigmoid | saturated | trace
  | Logits this large leave float32's sigmoid without a gradient: the output is stuck.
  | Check the scale of the layer before it; lower the learning rate.
  | SageMaker Debugger, saturated activation
activation_range | range | trace
  | Activations without a range carry nothing, huge ones lose precision and swamp what they are added to.
  | Look for the first layer where it begins, then inspect that layer's weights.
  | SageMaker Debugger, tensor variance
non_finite_activation | non-finite | trace
  | Everything computed from here on is meaningless.
  | Look at the first such tensor in data-flow order; the layer before it has the fault.
  | SageMaker Debugger, ExplodingTensor
"""


def _parse(table: str) -> dict[str, RuleText]:
    rules = {}
    for entry in table.strip().split("\n"):
        if not entry.startswith(" "):
            name, title, scope = (part.strip() for part in entry.split("|"))
            rules[name] = [title, scope]
        else:
            rules[name].append(entry.strip().removeprefix("|").strip())
    return {name: RuleText(*parts) for name, parts in rules.items()}


RULES: dict[str, RuleText] = _parse(_TABLE)


def of_scope(*scopes: str) -> tuple[str, ...]:
    """Return the names of the rules of ``scopes``, in order."""
    return tuple(name for name, text in RULES.items() if text.scope in scopes)
