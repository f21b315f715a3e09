"""The stages of Mask R-CNN, one file each.

preprocessing → backbone → fpn → anchors → rpn → proposals → roi_align → box_head → detections → mask_head → pasting →
composing. Layers hold weights; everything weightless is a pure function with keyword arguments, so that a slider can
call on recorded tensors the very function that ran.
"""
