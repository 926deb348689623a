"""Takes an input out of every scene, since OBS keeps a removed one while a scene that is not drawn holds an item."""

from studio.model.obs import Request
from studio.obs.link import ObsLink
from studio.obs.reading import input_kinds, scene_names


async def take_items_out(link: ObsLink, name: str) -> bool:
    """Remove the items of input ``name`` from every scene; True where the input itself is gone by that.

    Measured on OBS 29: after RemoveInput the items of scenes off air stay until such a scene is drawn; until then the
    input is still listed, and CreateInput with its name is refused with 601. An input whose last item is removed
    vanishes by that, name and all. Items in groups are left. Raises ObsError.
    """
    scenes = scene_names(await link.call("GetSceneList"))
    listed = await link.batch([Request("GetSceneItemList", {"sceneName": scene}) for scene in scenes])
    found = [
        Request("RemoveSceneItem", {"sceneName": scene, "sceneItemId": item["sceneItemId"]})
        for scene, answer in zip(scenes, listed, strict=True)
        for item in answer.data.get("sceneItems", ())
        if item["sourceName"] == name
    ]
    if found:
        await link.batch(found)
    return name not in input_kinds(await link.call("GetInputList"))
